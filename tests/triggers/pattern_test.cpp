// Event patterns, operator by operator, against the event of an object; and what a pattern is refused for.
#include "triggers/event_pattern.h"
#include "triggers/trigger_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

using test::json;

struct Case {
  const char* pattern;
  bool matches;
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.pattern; }

class PatternTable : public testing::TestWithParam<Case> {};

TEST_P(PatternTable, Decides) {
  const Json event = json(R"({"source":"aws.s3","detail-type":"Object Created","resources":["arn:aws:s3:::uploads"],
    "detail":{"bucket":{"name":"uploads"},"object":{"key":"a/Photo.JPG","size":42,"serial":123456789012345678901},"gone":null,"list":[{"n":1},{"n":2}]}})");
  asl::Diagnostics faults;
  const auto pattern = Pattern::compile(json(GetParam().pattern), "", faults);
  ASSERT_TRUE(faults.empty()) << faults.front().message;
  EXPECT_EQ(pattern.matches(event), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    All, PatternTable,
    testing::Values(Case{R"({"source":["aws.s3"]})", true}, Case{R"({"source":["aws.ec2","aws.s3"]})", true},
                    Case{R"({"source":["aws.ec2"]})", false},
                    Case{R"({"source":["aws.s3"],"detail-type":["Object Deleted"]})", false},
                    Case{R"({"resources":["arn:aws:s3:::uploads"]})", true},
                    Case{R"({"resources":["arn:aws:s3:::other"]})", false},
                    Case{R"({"detail":{"bucket":{"name":["uploads"]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"prefix":"a/"}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"prefix":"b/"}]}}})", false},
                    Case{R"({"detail":{"object":{"key":[{"prefix":{"equals-ignore-case":"A/p"}}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"suffix":".jpg"}]}}})", false},
                    Case{R"({"detail":{"object":{"key":[{"suffix":{"equals-ignore-case":".jpg"}}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"wildcard":"a/*.JPG"}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"wildcard":"*/Photo*G"}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"wildcard":"a/*.png"}]}}})", false},
                    Case{R"({"detail":{"object":{"key":[{"equals-ignore-case":"A/PHOTO.jpg"}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"anything-but":"a/Photo.JPG"}]}}})", false},
                    Case{R"({"detail":{"object":{"key":[{"anything-but":["x","y"]}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"anything-but":{"prefix":"a/"}}]}}})", false},
                    Case{R"({"detail":{"object":{"key":[{"anything-but":{"suffix":[".png",".gif"]}}]}}})", true},
                    Case{R"({"detail":{"object":{"absent":[{"anything-but":"x"}]}}})", false},
                    Case{R"({"detail":{"object":{"size":[{"numeric":[">",0,"<=",42]}]}}})", true},
                    Case{R"({"detail":{"object":{"size":[{"numeric":["<",42]}]}}})", false},
                    Case{R"({"detail":{"object":{"size":[{"numeric":["=",42]}]}}})", true},
                    Case{R"({"detail":{"object":{"key":[{"numeric":[">",0]}]}}})", false},
                    Case{R"({"detail":{"object":{"serial":[{"numeric":[">",0]}]}}})", true},
                    Case{R"({"detail":{"object":{"serial":[123456789012345678901]}}})", true},
                    Case{R"({"detail":{"object":{"size":[42.0]}}})", true},
                    Case{R"({"detail":{"object":{"size":["42"]}}})", false},
                    Case{R"({"detail":{"object":{"size":[{"exists":true}]}}})", true},
                    Case{R"({"detail":{"object":{"size":[{"exists":false}]}}})", false},
                    Case{R"({"detail":{"object":{"absent":[{"exists":false}]}}})", true},
                    Case{R"({"detail":{"nowhere":{"deep":[{"exists":false}]}}})", true},
                    Case{R"({"detail":{"gone":[null]}})", true}, Case{R"({"detail":{"list":{"n":[2]}}})", true},
                    Case{R"({"detail":{"list":{"n":[3]}}})", false},
                    Case{R"({"$or":[{"source":["x"]},{"detail-type":["Object Created"]}]})", true},
                    Case{R"({"$or":[{"source":["x"]},{"detail-type":["y"]}]})", false},
                    Case{R"({"source":["x"],"$or":[{"source":["x"]},{"detail-type":["Object Created"]}]})", false}));

struct Fault {
  const char* pattern;
  const char* pointer;
  const char* says;
};

void PrintTo(const Fault& each, std::ostream* out) { *out << each.pattern; }

class FaultyPattern : public testing::TestWithParam<Fault> {};

TEST_P(FaultyPattern, Is_refused_at_its_place) {
  asl::Diagnostics faults;
  Pattern::compile(json(GetParam().pattern), "", faults);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].pointer, GetParam().pointer);
  EXPECT_NE(faults[0].message.find(GetParam().says), std::string::npos) << faults[0].message;
}

INSTANTIATE_TEST_SUITE_P(All, FaultyPattern,
                         testing::Values(Fault{R"({})", "", "at least one"},
                                         Fault{R"({"source":"aws.s3"})", "/source", R"(["aws.s3"])"},
                                         Fault{R"({"a":[]})", "/a", "list"},
                                         Fault{R"({"a":[{"prefixx":"x"}]})", "/a/0", "prefixx"},
                                         Fault{R"({"a":["ok",{"prefix":1}]})", "/a/1", "prefix"},
                                         Fault{R"({"a":[{"numeric":["<"]}]})", "/a/0", "numeric"},
                                         Fault{R"({"a":[{"exists":"yes"}]})", "/a/0", "exists"},
                                         Fault{R"({"a":[{"wildcard":"a**"}]})", "/a/0", "stars"},
                                         Fault{R"({"a":[{"cidr":"10.0.0.0/8"}]})", "/a/0", "cidr"},
                                         Fault{R"({"$or":[{"a":["x"]}]})", "/$or", "two or more"}));

}  // namespace
}  // namespace stepd::triggers
