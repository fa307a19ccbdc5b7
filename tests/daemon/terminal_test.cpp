// What commands show to people, and how they read metrics.
#include "daemon/cli/terminal.h"
#include "daemon/cli/remote/metrics_text.h"

#include <gtest/gtest.h>

#include <sstream>

namespace stepd::daemon {
namespace {

TEST(Terminal, LetsNoControlCharacterThrough) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\td\x7f"), "a [2Jb c d ");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            " 31m");
  EXPECT_EQ(printable("h\xc3\xa9"), "h\xc3\xa9");
}

TEST(Terminal, CutsBetweenCharacters) {
  EXPECT_EQ(printable("ab\xc3\xa9", 3), "ab...");
  EXPECT_EQ(printable("ab\xc3\xa9z", 4), "ab\xc3\xa9...");
}

TEST(Terminal, ATableIsAsWideAsItsCells) {
  std::ostringstream out;
  const Terminal terminal(out, false, 16);
  terminal.table({"A", "NAME"}, {{{"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"}, {"0123456789abcdef"}}, {{"x"}, {"y"}}});
  EXPECT_EQ(out.str(), "A     NAME\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9  0123456789\nx     y\n");
}

TEST(Terminal, SpansAreShort) {
  EXPECT_EQ(shown_span(0.0123), "12 ms");
  EXPECT_EQ(shown_span(1), "1.0 s");
  EXPECT_EQ(shown_span(61), "1 min");
  EXPECT_EQ(shown_span(7'300), "2 h");
  EXPECT_EQ(shown_span(200'000), "2 d");
}

TEST(MetricsText, ReadsSamplesWithAndWithoutLabels) {
  const MetricsText text(
      "# HELP a A.\n# TYPE a counter\na{m=\"x\",n=\"1\"} 2\na{m=\"x\",n=\"2\"} 3\na{m=\"q\\\"\\\\\\n\"} 4.5\nb "
      "1e3\nbad{m=\"x\nnone\n");
  EXPECT_EQ(text.sum("a"), 9.5);
  EXPECT_EQ(text.value("a", "m", "x"), 5);
  EXPECT_EQ(text.value("a", "m", "q\"\\\n"), 4.5);
  EXPECT_EQ(text.sum("b"), 1'000);
  EXPECT_EQ(text.sum("bad"), 0);
  EXPECT_EQ(text.values_of("a", "m"), (std::vector<std::string>{"q\"\\\n", "x"}));
}

}  // namespace
}  // namespace stepd::daemon
