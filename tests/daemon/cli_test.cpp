// The real binary: its commands' answers and exit codes, and how it ends when it is asked to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

namespace {

using testing::HasSubstr;

const std::filesystem::path kRoot = STEPD_SOURCE_DIR;

struct Done {
  int code = -1;
  std::string out;
  std::string err;
};

/// A child with its own standard streams.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe(out.data()) != 0 || ::pipe(err.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(out[1], 1);
      ::dup2(err[1], 2);
      for (const int fd : {out[0], out[1], err[0], err[1]}) ::close(fd);
      std::vector<char*> list{const_cast<char*>(STEPD_BINARY)};
      for (const auto& each : arguments) list.push_back(const_cast<char*>(each.c_str()));
      list.push_back(nullptr);
      ::execv(STEPD_BINARY, list.data());
      ::_exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    out_ = ::fdopen(out[0], "r");
    err_ = std::async(std::launch::async, [fd = err[0]] { return read_all(::fdopen(fd, "r")); });
  }
  ~Child() {
    if (pid_ > 0) ::kill(pid_, SIGKILL), wait();
  }

  std::string line() {
    std::array<char, 1000> text{};
    return std::fgets(text.data(), text.size(), out_) == nullptr ? "" : text.data();
  }
  void signal(int number) const { ::kill(pid_, number); }
  /// An exit code; a signal's number is negative.
  Done wait() {
    Done done;
    done.out = read_all(out_);
    done.err = err_.get();
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    done.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return done;
  }

 private:
  static std::string read_all(FILE* file) {
    std::string text;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    std::fclose(file);
    return text;
  }

  pid_t pid_ = 0;
  FILE* out_ = nullptr;
  std::future<std::string> err_;
};

class Cli : public testing::Test {
 protected:
  Cli() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stepd-cli-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Cli() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  static Done run(const std::vector<std::string>& arguments) { return Child(arguments).wait(); }
  std::vector<std::string> serve(const std::string& config, const std::string& listen = "127.0.0.1:0") const {
    return {"serve", "--config", config, "--data", (folder_ / "data").string(), "--listen", listen};
  }
  std::vector<std::string> serve() const { return serve((kRoot / "config" / "stepd.yaml").string()); }

  std::filesystem::path folder_;
};

TEST_F(Cli, Version_is_one_line) {
  const auto done = run({"version"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "stepd " STEPD_VERSION "\n");
}

TEST_F(Cli, Wrong_usage_is_two_and_help_is_none) {
  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({"sevre"}).code, 2);
  EXPECT_EQ(run({"validate"}).code, 2);
  EXPECT_EQ(run({"serve", "--lissten", "x"}).code, 2);
  EXPECT_EQ(run({"--help"}).code, 0);
}

TEST_F(Cli, Validate_answers_none_for_good_one_for_wrong_and_two_for_what_it_cannot_read) {
  const auto good = write("good.asl.json", R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})");
  const auto wrong = write("wrong.asl.yaml", "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n");
  EXPECT_EQ(run({"validate", good}).code, 0);
  const auto done = run({"validate", good, wrong});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr(wrong + ":5:5: "));
  EXPECT_THAT(done.out, HasSubstr("(/States/A/Next)"));
  EXPECT_EQ(run({"validate", wrong, (folder_ / "absent").string()}).code, 2);
}

TEST_F(Cli, Validate_shows_the_place_within_an_expression) {
  const auto file = write("q.asl.yaml",
                          "QueryLanguage: JSONata\nStartAt: A\nStates:\n  A:\n    Type: Pass\n    Output: |-\n"
                          "      {% $states.input.total +\n      phone %}\n    End: true\n");
  const auto done = run({"validate", file});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.out, file +
                          ":6:5: Reference to 'phone' at the top level is not supported. line 2, column 5 of the "
                          "expression; the input is $states.input (/States/A/Output)\nphone\n    ^\n");
}

TEST_F(Cli, Validate_checks_configurations_too) {
  const auto done = run({"validate", write("c.yaml", "buckets:\n  uploads: { wacth: true }\n")});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("c.yaml:2:14: unknown key 'wacth', did you mean 'watch'?"));
}

TEST_F(Cli, Every_definition_that_is_delivered_is_valid) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "definitions")) {
    if (entry.path().filename().string().find(".asl.") == std::string::npos) continue;
    ++count;
    const auto done = run({"validate", entry.path().string()});
    EXPECT_EQ(done.code, 0) << done.out;
  }
  EXPECT_GE(count, 3);
}

TEST_F(Cli, Run_prints_the_output_alone_and_really_waits) {
  const auto file = write("w.asl.yaml",
                          "StartAt: W\nStates:\n  W: { Type: Wait, Seconds: 1, Next: P }\n"
                          "  P: { Type: Pass, Parameters: { hello.$: $.name }, End: true }\n");
  const auto began = std::chrono::steady_clock::now();
  const auto done = run({"run", file, "--input", R"({"name":"Ada"})"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "{\"hello\":\"Ada\"}\n");
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(990));
  EXPECT_EQ(run({"run", file, "--input", "@" + write("in.json", R"({"name":"Bob"})")}).out, "{\"hello\":\"Bob\"}\n");
}

TEST_F(Cli, Run_tells_error_and_cause_with_one_and_wrong_input_with_two) {
  const auto file =
      write("f.asl.json", R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"No","Cause":"because"}}})");
  const auto done = run({"run", file});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.err, "failed: No: because\n");
  EXPECT_EQ(run({"run", file, "--input", "{"}).code, 2);
  EXPECT_EQ(run({"run", write("bad.asl.json", "{}")}).code, 1);
}

TEST_F(Cli, Run_reaches_the_functions_and_buckets_of_a_configuration) {
  const auto uploads = folder_ / "data" / "buckets" / "uploads";
  std::filesystem::create_directories(uploads);
  std::ofstream(uploads / "note.jpg") << "no picture";
  const auto done = run({"run", (kRoot / "definitions" / "image-pipeline.asl.yaml").string(), "--config",
                         (kRoot / "config" / "stepd.yaml").string(), "--data", (folder_ / "data").string(), "--input",
                         R"({"bucket":"uploads","key":"note.jpg"})"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.err, "failed: Image.UnsupportedType: By its content the file is neither a JPEG nor a PNG.\n");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "data" / "buckets" / "rejected" / "note.jpg"));
  EXPECT_FALSE(std::filesystem::exists(uploads / "note.jpg"));
}

TEST_F(Cli, Serve_starts_nothing_with_a_wrong_configuration) {
  const auto done = run(serve(write("c.yaml", "listne: x\n")));
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("c.yaml:1:1: unknown key 'listne', did you mean 'listen'?"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data"));
}

TEST_F(Cli, Serve_does_not_listen_where_others_reach_it_unless_that_is_said) {
  const auto done = run(serve(write("c.yaml", "{}\n"), "0.0.0.0:0"));
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("--allow-remote"));
}

TEST_F(Cli, Serve_prints_three_lines_turns_a_second_process_away_and_ends_well_when_asked) {
  Child first(serve());
  const auto address = first.line();
  EXPECT_THAT(address, testing::StartsWith("address  http://127.0.0.1:"));
  EXPECT_THAT(first.line(), HasSubstr("buckets/uploads"));
  EXPECT_THAT(first.line(), HasSubstr("curl "));

  const auto second = run(serve());
  EXPECT_EQ(second.code, 2);
  EXPECT_THAT(second.err, HasSubstr((folder_ / "data").string()));

  auto elsewhere = serve(write("c.yaml", "{}\n"), address.substr(sizeof "address  http://" - 1,
                                                                 address.find('\n') - sizeof "address  http://" + 1));
  elsewhere[4] = (folder_ / "other").string();
  const auto taken = run(elsewhere);
  EXPECT_EQ(taken.code, 2);
  EXPECT_THAT(taken.err, HasSubstr("in use"));

  first.signal(SIGTERM);
  const auto done = first.wait();
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "");
}

}  // namespace
