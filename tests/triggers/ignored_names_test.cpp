// Which names an inbox leaves alone: the rule alone, without files.
#include "triggers/ignored_names.h"

#include <gtest/gtest.h>

namespace stepd::triggers {
namespace {

TEST(IgnoredNames, Unfinished_uploads_are_told_by_their_names_in_any_case) {
  for (const char* ending :
       {".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".upload", ".aria2", ".!ut",
        ".swp", ".swx", ".opdownload", "~", ".PART", ".FilePart", ".CRDOWNLOAD", ".!UT"}) {
    EXPECT_TRUE(is_ignored(std::string("photo.jpg") + ending)) << ending;
    EXPECT_TRUE(is_ignored(std::string("deep/er/photo.jpg") + ending)) << ending;
  }
}

TEST(IgnoredNames, Hidden_files_locks_and_notes_of_systems_are_no_pictures) {
  for (const char* name : {".photo.jpg.Xa81bQ", ".in.photo.jpg.", ".pureftpd-upload.1", "a/.~tmp~/b.jpg", "._photo.jpg",
                           "~$report.jpg", "~photo.jpg", ".~lock.a.odt#", "a.jpg.~lock", "Thumbs.db", "THUMBS.DB",
                           "desktop.ini", "Desktop.INI", ".DS_Store", "a/.DS_Store", "#a.jpg#", "x.download/a.jpg"}) {
    EXPECT_TRUE(is_ignored(name)) << name;
  }
}

TEST(IgnoredNames, Names_that_only_resemble_them_arrive) {
  for (const char* name : {"photo.jpg", "part", "tmp", "photo.part.jpg", "a.parts", "temp/a.jpg", "download/a.jpg",
                           "my desktop.ini.jpg", "thumbs.db.jpg", "a~b.jpg", "x#.jpg", "#1.jpg", "photo.apart", "#"}) {
    EXPECT_FALSE(is_ignored(name)) << name;
  }
}

TEST(IgnorePatterns, A_pattern_without_a_slash_is_compared_with_each_part) {
  const IgnorePatterns patterns({"*.xmp", "@eaDir", "IMG_???.jpg"});
  for (const char* key : {"a.xmp", "A.XMP", "b/a.Xmp", "@eaDir/a.jpg", "b/@eadir/a.jpg", "b/img_001.JPG"}) {
    EXPECT_TRUE(patterns.covers(key)) << key;
  }
  for (const char* key : {"a.jpg", "xmp", "a.xmp.jpg", "eaDir/a.jpg", "img_0001.jpg"})
    EXPECT_FALSE(patterns.covers(key)) << key;
}

TEST(IgnorePatterns, A_pattern_with_a_slash_is_compared_with_the_path) {
  const IgnorePatterns patterns({"drafts/*", "raw/", "/top.jpg", "*/cache"});
  for (const char* key : {"drafts/a.jpg", "Drafts/b/c.jpg", "raw/a.jpg", "a/raw/b.jpg", "top.jpg", "a/b/cache/c.jpg"}) {
    EXPECT_TRUE(patterns.covers(key)) << key;
  }
  for (const char* key : {"a/drafts/b.jpg", "raw", "a/top.jpg", "cache/a.jpg"})
    EXPECT_FALSE(patterns.covers(key)) << key;
}

TEST(IgnorePatterns, What_is_no_pattern_or_takes_too_long_is_refused) {
  for (const std::string& text : {std::string(), std::string("/"), std::string(256, 'a'), std::string("a\0b", 3),
                                  std::string("*a*a*a*a*a*a*a*a*a*b")}) {
    EXPECT_FALSE(IgnorePatterns::check(text)) << text;
  }
  EXPECT_TRUE(IgnorePatterns::check("*.xmp"));
}

}  // namespace
}  // namespace stepd::triggers
