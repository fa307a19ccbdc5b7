// IPTC and XMP as they come, and as hostile files make them.
#include "handler_fixture.h"
#include "pictures.h"
#include "tasks/image/metadata/iptc.h"
#include "tasks/image/metadata/xmp.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

std::string rdf(const std::string& description, const std::string& attributes = "") {
  return R"(<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xap="http://ns.adobe.com/xap/1.0/"
      xmlns:m="http://ns.adobe.com/xap/1.0/mm/" xmlns:ev="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
      xmlns:my="urn:mine" )" +
         attributes + ">" + description + R"(</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>)";
}

Json read_iptc(std::string_view block) { return tasks::image::read_iptc(block, true); }

Json read_xmp(const std::string& packet, std::string* unread = nullptr) {
  std::string why;
  auto properties = tasks::image::read_xmp(packet, true, why);
  if (unread != nullptr) {
    *unread = why;
  } else {
    EXPECT_EQ(why, "");
  }
  return properties;
}

TEST(Iptc, ReadsCaptionsAndKeywords) {
  Workbench bench;
  const auto records = iptc_record(1, 90, "\x1B%G") + iptc_record(2, 0, std::string("\0\4", 2)) +
                       iptc_record(2, 120, "A caf\xC3\xA9 ") + iptc_record(2, 25, "sea") + iptc_record(2, 25, "sun") +
                       iptc_record(2, 80, "Ann") + iptc_record(2, 116, "caf\xE9") + iptc_record(2, 250, "unheard of");
  bench.objects.put("in", "photo", with_iptc(draw(".jpg"), records));
  const auto result = bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
  ASSERT_EQ(error_name(result), "none");
  EXPECT_EQ(result->at("iptc"), Json::parse(R"({"Description": "A café", "Keywords": ["sea", "sun"],
      "Creators": ["Ann"], "CopyrightNotice": "café"})"));
  EXPECT_FALSE(result->contains("unread"));
}

TEST(Iptc, ReadsNothingBeyondTheBlock) {
  const auto whole = iptc_record(2, 105, "Headline");
  EXPECT_EQ(read_iptc(whole), Json({{"Headline", "Headline"}}));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(read_iptc(whole.substr(0, size)), Json::object());
  const auto lying = iptc_record(2, 5, "Title") + "\x1C\x02\x69\x7F\xFFshort";
  EXPECT_EQ(read_iptc(lying), Json({{"Title", "Title"}}));
  const std::string resources("8BIM\x04\x04\xFF\x00\x00\x00\x00\x09", 12);
  EXPECT_EQ(read_iptc(resources), Json::object());
  EXPECT_EQ(read_iptc(std::string("8BIM\x03\x04\x00\x00\xFF\xFF\xFF\xFF", 12) + whole), Json::object());
  EXPECT_EQ(read_iptc(std::string("8BIM\x04\x04\x00\x00\xFF\xFF\xFF\xFF", 12) + whole),
            Json({{"Headline", "Headline"}}));
}

TEST(Place, IsLeftOutOfXmpAndIptcAsWell) {
  Workbench bench;
  const auto records = iptc_record(2, 120, "A cove") + iptc_record(2, 26, "secret") + iptc_record(2, 27, "secret") +
                       iptc_record(2, 90, "secret") + iptc_record(2, 92, "secret") + iptc_record(2, 95, "secret") +
                       iptc_record(2, 100, "secret") + iptc_record(2, 101, "secret");
  const auto packet =
      rdf(R"(
      <dc:format>kept</dc:format><dc:coverage>secret</dc:coverage><exif:GPSLatitude>secret</exif:GPSLatitude>
      <photoshop:City>secret</photoshop:City><photoshop:State>secret</photoshop:State>
      <photoshop:Country>secret</photoshop:Country><photoshop:Credit>kept</photoshop:Credit>
      <core:Location>secret</core:Location><core:CountryCode>secret</core:CountryCode>
      <core:CreatorContactInfo rdf:parseType="Resource"><core:CiAdrCity>kept</core:CiAdrCity></core:CreatorContactInfo>
      <ext:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource"><ext:City>secret</ext:City></rdf:li></rdf:Bag></ext:LocationShown>
      <ext:LocationCreated><rdf:Bag><rdf:li ext:Sublocation="secret"/></rdf:Bag></ext:LocationCreated>
      <my:GpsLongitude>secret</my:GpsLongitude><my:AbsoluteAltitude>secret</my:AbsoluteAltitude>
      <geo:lat>secret</geo:lat>
      <m:History><rdf:Seq><rdf:li rdf:parseType="Resource"><ev:action>kept</ev:action><ext:ProvinceState>secret</ext:ProvinceState></rdf:li></rdf:Seq></m:History>)",
          R"(xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
      xmlns:core="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
      xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" photoshop:State="secret")");
  bench.objects.put("in", "photo", with_xmp(with_iptc(draw(".jpg"), records), packet));
  const auto told = [&](bool gps) {
    const auto result = bench.run("image.metadata", Json{{"bucket", "in"}, {"key", "photo"}, {"gps", gps}});
    EXPECT_EQ(error_name(result), "none") << cause(result);
    EXPECT_FALSE(result->contains("unread")) << *result;
    return *result;
  };
  const auto all = told(true);
  EXPECT_EQ(all.at("iptc").at("City"), "secret");
  EXPECT_EQ(all.at("xmp").at("Iptc4xmpExt").size(), 2u);
  const auto without = told(false);
  EXPECT_EQ(without.dump().find("secret"), std::string::npos) << without;
  EXPECT_EQ(without.at("iptc"), Json::parse(R"({"Description": "A cove"})"));
  EXPECT_EQ(without.at("xmp"), Json::parse(R"({"dc": {"format": "kept"}, "photoshop": {"Credit": "kept"},
      "Iptc4xmpCore": {"CreatorContactInfo": {"CiAdrCity": "kept"}}, "xmpMM": {"History": [{"action": "kept"}]}})"));
}

TEST(Place, IsKeptByAResultOnlyByItsName) {
  Workbench bench;
  const auto kept = [&](const std::string& picture, const Json& keep) {
    bench.objects.put("in", "photo", picture);
    const auto result = bench.run("image.resize", Json{{"bucket", "in"},
                                                       {"key", "photo"},
                                                       {"width", 20},
                                                       {"keep", keep},
                                                       {"destination", {{"bucket", "out"}, {"key", "small"}}}});
    EXPECT_EQ(error_name(result), "none") << cause(result);
    return bench.objects.bytes("out", "small");
  };
  const auto caption = with_iptc(draw(".jpg"), iptc_record(2, 120, "A cove"));
  EXPECT_THAT(kept(caption, {"iptc"}), HasSubstr("A cove"));
  const auto city = with_iptc(draw(".jpg"), iptc_record(2, 120, "A cove") + iptc_record(2, 90, "Hidden"));
  EXPECT_THAT(kept(city, {"iptc"}), testing::Not(HasSubstr("Hidden")));
  EXPECT_THAT(kept(city, {"iptc", "gps"}), HasSubstr("Hidden"));
  // By the namespace, whatever its prefix.
  const auto shown =
      with_xmp(draw(".jpg"), rdf("<ps:City>Hidden</ps:City>", R"(xmlns:ps="http://ns.adobe.com/photoshop/1.0/")"));
  EXPECT_THAT(kept(shown, {"xmp"}), testing::Not(HasSubstr("Hidden")));
  EXPECT_THAT(kept(shown, {"xmp", "gps"}), HasSubstr("Hidden"));
}

TEST(Iptc, CountsWhatRepeats) {
  std::string records;
  for (int i = 0; i < 5'000; ++i) records += iptc_record(2, 25, "word" + std::to_string(i));
  EXPECT_EQ(read_iptc(records).at("Keywords").size(), 100u);
}

TEST(Xmp, ReadsEveryWayOfWritingAValue) {
  const auto packet = rdf(R"(
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sea</rdf:li><rdf:li xml:lang="de">See</rdf:li></rdf:Alt></dc:title>
      <dc:subject><rdf:Bag><rdf:li>sun</rdf:li><rdf:li>sand</rdf:li></rdf:Bag></dc:subject>
      <xap:Rating> 5 </xap:Rating>
      <m:History><rdf:Seq><rdf:li rdf:parseType="Resource"><ev:action>saved</ev:action><ev:when>now</ev:when></rdf:li>
        <rdf:li ev:action="closed"/></rdf:Seq></m:History>
      <m:DerivedFrom><rdf:Description ev:action="made" ev:when="then"/></m:DerivedFrom>
      <my:link rdf:resource="http://example.com/"/>
      <my:qualified rdf:parseType="Resource"><rdf:value>12</rdf:value><my:unit>mm</my:unit></my:qualified>
      <my:raw rdf:parseType="Literal"><b>bold</b></my:raw>)",
                          R"(xap:CreatorTool="Brush &amp; Co")");
  EXPECT_EQ(read_xmp(packet), Json::parse(R"({
      "xmp": {"CreatorTool": "Brush & Co", "Rating": "5"},
      "dc": {"title": {"x-default": "Sea", "de": "See"}, "subject": ["sun", "sand"]},
      "xmpMM": {"History": [{"action": "saved", "when": "now"}, {"action": "closed"}],
                "DerivedFrom": {"action": "made", "when": "then"}},
      "my": {"link": "http://example.com/", "qualified": "12"}})"));
}

TEST(Xmp, CallsANamespaceByItsUsualPrefixAndNoOtherByIt) {
  const std::string packet = R"(<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description
      xmlns:a="http://purl.org/dc/elements/1.1/" xmlns:dc="urn:false" a:format="true" dc:format="false"/></r:RDF>)";
  EXPECT_EQ(read_xmp(packet), Json::parse(R"({"dc": {"format": "true"}, "urn:false": {"format": "false"}})"));
}

TEST(Xmp, IsReadOutOfAPicture) {
  Workbench bench;
  for (const auto& bytes :
       {with_xmp(draw(".jpg"), rdf("<dc:format>x</dc:format>")), webp_with_xmp(rdf("<dc:format>x</dc:format>"))}) {
    bench.objects.put("in", "photo", bytes);
    const auto result = bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
    ASSERT_EQ(error_name(result), "none") << cause(result);
    EXPECT_EQ(result->at("xmp"), Json::parse(R"({"dc": {"format": "x"}})"));
  }
}

TEST(Xmp, EntitiesAreNeverExpanded) {
  const std::string bomb = R"(<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>)";
  std::string unread;
  EXPECT_EQ(read_xmp(bomb + rdf("<dc:format>&c;&d;</dc:format>"), &unread), Json::object());
  EXPECT_THAT(unread, HasSubstr("document type"));
  EXPECT_EQ(read_xmp(rdf("<dc:format>&c;</dc:format>"), &unread), Json::parse(R"({"dc": {"format": ""}})"));
  EXPECT_THAT(unread, HasSubstr("undefined entity"));
}

TEST(Xmp, ReadsNoFurtherThanItsLimits) {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  std::string unread;
  read_xmp(rdf(repeated("<my:a>", 20'000) + repeated("</my:a>", 20'000)), &unread);
  EXPECT_THAT(unread, HasSubstr("more than 32 levels"));
  const auto many = read_xmp(
      rdf("<dc:subject><rdf:Bag>" + repeated("<rdf:li>x</rdf:li>", 20'000) + "</rdf:Bag></dc:subject>"), &unread);
  EXPECT_THAT(unread, HasSubstr("more than 4000 elements"));
  EXPECT_GT(many.at("dc").at("subject").size(), 3'000u);
  const auto wordy =
      read_xmp(rdf("<dc:subject><rdf:Bag>" + repeated("<rdf:li>" + std::string(500, 'x') + "</rdf:li>", 1'000) +
                   "</rdf:Bag></dc:subject>"),
               &unread);
  EXPECT_THAT(unread, HasSubstr("more than 65536 bytes of text"));
  EXPECT_LT(wordy.dump().size(), 70'000u);
  EXPECT_EQ(read_xmp(rdf("<dc:format>" + std::string(900'000, 'x') + "</dc:format>")).at("dc").at("format"),
            std::string(1'024, 'x'));
}

TEST(Xmp, OfTenMegabytesIsLeftUnread) {
  Workbench bench;
  const auto bytes = webp_with_xmp(rdf("<dc:format>" + std::string(10'000'000, 'x') + "</dc:format>"));
  bench.objects.put("in", "photo", bytes);
  const auto result = bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
  ASSERT_EQ(error_name(result), "none") << cause(result);
  EXPECT_EQ(result->at("width"), 64);
  EXPECT_EQ(result->at("xmp"), Json::object());
  EXPECT_THAT(result->at("unread").at("xmp").get<std::string>(), HasSubstr("at most 1048576 are read"));
}

TEST(Xmp, BrokenPacketsEndQuietly) {
  std::string unread;
  for (const std::string& packet : {std::string(), std::string(9, '\0'), std::string("plain text"),
                                    std::string("<a><b></a>"), std::string("\xFF\xFE<\0a\0", 6)}) {
    EXPECT_EQ(read_xmp(packet, &unread), Json::object());
  }
  const auto whole = rdf("<dc:title><rdf:Alt><rdf:li xml:lang='x'>a</rdf:li></rdf:Alt></dc:title><my:b>c</my:b>");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(read_xmp(whole.substr(0, size), &unread).is_object());
  }
}

TEST(Exif, DirectoriesThatPointInCirclesEnd) {
  Workbench bench;
  // Tags 0x8769 and 0x8825 say where further directories are: at 8, where this one is.
  const std::string itself("\x08\0\0\0", 4);
  const auto block = exif_block({{0x0112, 3, 1, exif_short(6)}, {0x8769, 4, 1, itself}, {0x8825, 4, 1, itself}});
  bench.objects.put("in", "photo", with_exif(draw(".jpg"), block));
  const auto result = bench.run("image.metadata", R"({"bucket": "in", "key": "photo"})");
  ASSERT_EQ(error_name(result), "none");
  EXPECT_EQ(result->at("exif").at("Orientation"), 6);
}

}  // namespace
}  // namespace stepd::test
