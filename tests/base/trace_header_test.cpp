// The two header fields by which a request says to which trace it belongs.
#include "base/trace_header.h"

#include <gtest/gtest.h>

namespace stepd::test {
namespace {

constexpr const char* kTrace = "5759e988bd862e3fe1be46a994272793";
constexpr const char* kParent = "53995c3f42cd8ad8";

TEST(XrayHeader, IsReadWithAndWithoutAParent) {
  const auto whole = parse_xray_header("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, (TraceHeader{kTrace, kParent, true}));
  const auto root = parse_xray_header("Root=1-5759e988-bd862e3fe1be46a994272793");
  ASSERT_TRUE(root);
  EXPECT_EQ(*root, (TraceHeader{kTrace, "", std::nullopt}));
  const auto odd =
      parse_xray_header("Self=1-1-1; Sampled=?;;Lineage=a:1;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0");
  ASSERT_TRUE(odd);
  EXPECT_EQ(*odd, (TraceHeader{kTrace, "", false}));
}

TEST(XrayHeader, IsNoneWithoutAValidRoot) {
  for (const auto* text : {"", ";;;", "Root=", "Root=1-5", "Root=1-5759e988-bd862e3fe1be46a99427279",
                           "Root=2-5759e988-bd862e3fe1be46a994272793", "Root=1-5759E988-bd862e3fe1be46a994272793",
                           "Root=1-00000000-000000000000000000000000", "Parent=53995c3f42cd8ad8",
                           "Root=1-5759e988+bd862e3fe1be46a994272793"}) {
    EXPECT_FALSE(parse_xray_header(text)) << text;
  }
  const auto zero = parse_xray_header("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000");
  ASSERT_TRUE(zero);
  EXPECT_EQ(zero->parent_id, "");
}

TEST(Traceparent, IsReadByTheStandard) {
  const auto header = parse_traceparent("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01");
  ASSERT_TRUE(header);
  EXPECT_EQ(*header, (TraceHeader{kTrace, kParent, true}));
  EXPECT_FALSE(*parse_traceparent("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-0e")->sampled);
  EXPECT_TRUE(parse_traceparent("cc-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-what"));
}

TEST(Traceparent, IsNoneWhereTheStandardSaysSo) {
  for (const auto* text : {"", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8",
                           "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-what",
                           "ff-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
                           "00-5759E988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
                           "00-00000000000000000000000000000000-53995c3f42cd8ad8-01",
                           "00-5759e988bd862e3fe1be46a994272793-0000000000000000-01",
                           "cc-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01.what",
                           "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-x1"}) {
    EXPECT_FALSE(parse_traceparent(text)) << text;
  }
}

TEST(TraceHeaders, AreWrittenInBothForms) {
  EXPECT_EQ(to_xray_header({kTrace, kParent, true}),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  EXPECT_EQ(to_xray_header({kTrace, "", std::nullopt}), "Root=1-5759e988-bd862e3fe1be46a994272793");
  EXPECT_EQ(to_traceparent({kTrace, kParent, false}), "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00");
  EXPECT_FALSE(to_traceparent({kTrace, "", true}));
}

TEST(TraceHeaders, OfARequestAreThoseOfXrayBeforeThoseOfW3c) {
  const std::string parent = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
  EXPECT_EQ(trace_header_of("what a client says", parent), "what a client says");
  EXPECT_EQ(trace_header_of("", parent), "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  EXPECT_EQ(trace_header_of("", "nonsense"), "");
}

}  // namespace
}  // namespace stepd::test
