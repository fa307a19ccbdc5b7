// Configurations: every fault at its line, all at once; and those that are delivered have none.
#include "daemon/config/config.h"
#include "daemon/greeting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <algorithm>
#include <fstream>

namespace stepd::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path kRoot = STEPD_SOURCE_DIR;

/// Gone with its owner.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stepd-config-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

constexpr const char* kDefinition = R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})";

LoadedConfig load(const Folder& folder, const std::string& yaml) {
  folder.write("m.asl.json", kDefinition);
  return load_config(folder.write("stepd.yaml", yaml), std::nullopt).value();
}

/// Without the folder's name.
std::vector<std::string> faults_of(const std::string& yaml) {
  const Folder folder;
  std::vector<std::string> texts;
  for (const auto& fault : load(folder, yaml).faults)
    texts.push_back(to_text(fault).substr(folder.path().string().size() + 1));
  return texts;
}

struct Case {
  const char* yaml;
  const char* says;
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.yaml; }

class FaultyConfig : public testing::TestWithParam<Case> {};

TEST_P(FaultyConfig, Names_the_place_and_the_remedy) {
  EXPECT_THAT(faults_of(GetParam().yaml), ElementsAre(HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultyConfig,
    testing::Values(
        Case{"listne: 127.0.0.1:1\n", "stepd.yaml:1:1: unknown key 'listne', did you mean 'listen'?"},
        Case{"zzz: 1\n", "stepd.yaml:1:1: unknown key 'zzz', known are data, listen, "},
        Case{"listen: 127.0.0.1\n", "stepd.yaml:1:1: expected HOST:PORT"},
        Case{"listen: 127.0.0.1:70000\n", "expected HOST:PORT"}, Case{"listen: ::1:80\n", "expected HOST:PORT"},
        Case{"account: 123456789012\n", "account: expected a text (put it in quotes), got 123456789012"},
        Case{"account: '12'\n", "account: expected 12 digits"}, Case{"region: Mars\n", "region: expected a name"},
        Case{"- a\n", "stepd.yaml:1:1: expected a mapping"}, Case{"a: [\n", "stepd.yaml:2:1: "},
        Case{"data: 1\ndata: 2\n", "stepd.yaml:2:1: the key 'data' stands twice"},
        Case{"buckets: []\n", "buckets: expected a mapping of names, got []"},
        Case{"buckets:\n  uploads: { wacth: true }\n", "stepd.yaml:2:14: unknown key 'wacth', did you mean 'watch'?"},
        Case{"buckets:\n  UP: {}\n", "stepd.yaml:2:3: 'UP' is no bucket name"},
        Case{"buckets:\n  uploads: { watch: yes please }\n", "watch: expected true or false, got \"yes please\""},
        Case{"buckets:\n  uploads: { watch: true, settle: 5 }\n", "settle: expected a duration such as 500ms"},
        Case{"buckets:\n  uploads: { watch: true, settle: 99999999999999999999s }\n", "settle: expected a duration"},
        Case{"buckets:\n  uploads: { settle: 5s }\n", "settle is for buckets with watch: true"},
        Case{"buckets:\n  uploads: { settle_empty: 5s }\n", "settle_empty is for buckets with watch: true"},
        Case{"buckets:\n  uploads: { ignore: ['*.xmp'] }\n", "ignore is for buckets with watch: true"},
        Case{"buckets:\n  uploads: { watch: true, ignore: ['*.xmp', /] }\n", "a pattern is a name such as *.xmp"},
        Case{"buckets:\n  one: { path: x }\n  two: { path: x/y }\n",
             "stepd.yaml:3:3: the folder of bucket 'two' lies in"},
        Case{"buckets:\n  one: { path: x }\n  two: { path: ./x }\n",
             "stepd.yaml:3:3: the folder of bucket 'two' lies in"},
        Case{"tables:\n  images: {}\n", "stepd.yaml:2:3: the key 'key' is missing"},
        Case{"tables:\n  t: { key: k, key_type: X }\n", "expected S, N or B, got 'X'"},
        Case{"tables:\n  t: { key: k, sort: k }\n", "it is the key already"},
        Case{"tables:\n  t: { key: k, sort_type: N }\n", "there is no 'sort' that it could be the type of"},
        Case{"tables:\n  t: { key: k, indexes: { by: { key: x } } }\n", "the name of an index has 3 to 255 letters"},
        Case{"tables:\n  t: { key: k, indexes: { byX: { key: x, projection: SOME } } }\n",
             "expected ALL, KEYS_ONLY or a list of attributes"},
        Case{"tables:\n  t: { key: k, indexes: { byX: { key: k, sort: x, local: true } } }\n",
             "a local index has a sort key and the key of its table"},
        Case{"functions:\n  f: { handler: image.resise }\n",
             "stepd.yaml:2:8: there is no handler 'image.resise', did you mean 'image.resize'?"},
        Case{"functions:\n  f:\n    handler: image.type\n    arguments: { a.$: b }\n",
             "stepd.yaml:4:18: The value for the field 'a.$'"},
        Case{"functions:\n  f: { handler: image.type, result.$: nope }\n", "must be a valid JSONPath"},
        Case{"functions:\n  f: { handler: image.type, result: 1, result.$: $ }\n", "there is 'result' as well"},
        Case{"functions:\n  f: { handler: image.type, environment: { AB: 1 }, arguments: { key: 'x${AC}' } }\n",
             "stepd.yaml:2:66: environment has no 'AC', did you mean 'AB'?"},
        Case{"functions:\n  f: { handler: image.type, environment: { A: [1] } }\n",
             "the value of A must be a text, a number, true or false"},
        Case{"functions:\n  f: { steps: { s: { handler: image.tpye } } }\n",
             "stepd.yaml:2:22: there is no handler 'image.tpye', did you mean 'image.type'?"},
        Case{"functions:\n  f: { handler: image.type, catch: [{ errors: [A] }] }\n",
             "expected either 'result', which is answered, or 'fail'"},
        Case{"functions:\n  f: { handler: image.type, catch: [{ result: 1 }] }\n", "errors: expected a list of names"},
        Case{"functions:\n  f: { handler: image.type, arguments: [] }\n", "the list names no template"},
        Case{"functions:\n  f: { handler: image.type, error_result: [1] }\n", "error_result: expected one template"},
        Case{"functions: { f: { handler: image.type } }\nroutes:\n  functions:\n    GET /x: { function: g }\n",
             "stepd.yaml:4:15: there is no function 'g'"},
        Case{"functions: { f: { handler: image.type } }\nroutes:\n  functions:\n    /x: { function: f }\n",
             "expected METHOD /path"},
        Case{"functions: { f: { handler: image.type } }\nroutes:\n  functions:\n    GET /x: { function: f, event: body "
             "}\n",
             "GET has no body that could be the event"},
        Case{"functions: { f: { handler: image.type } }\nroutes:\n  functions:\n    PUT /x: { function: f, cors: true "
             "}\n",
             "cors is for GET"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nroutes:\n  start:\n"
             "    /r: { state_machine: m, mapping: '$inputs.body' }\n",
             "stepd.yaml:5:29: character 1: $inputs.body is not known here"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nroutes:\n  start:\n"
             "    /r: { state_machine: m, mapping: '$input.body', envelope: true }\n",
             "stepd.yaml:5:53: there is 'mapping' as well"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nroutes:\n  start:\n"
             "    /r: { state_machine: m, answer: output }\n",
             "stepd.yaml:5:29: only the end of an EXPRESS state machine can be waited for"},
        Case{"functions: { keep: { handler: image.type } }\nrules:\n  r: { pattern: { a: [b] }, function: kepe }\n",
             "stepd.yaml:3:29: there is no function 'kepe', did you mean 'keep'?"},
        Case{"functions: { f: { handler: image.type } }\ntopics: { t: {} }\nrules:\n"
             "  r: { pattern: { source: [aws.states] }, topic: t, function: f }\n",
             "there is 'function' as well"},
        Case{"buckets: { photos: }\nfunctions:\n  f: { handler: object.copy, arguments: { destination: { bucket: "
             "photo } } }\n",
             "stepd.yaml:3:58: warning: There is no bucket 'photo'; did you mean 'photos'?"},
        Case{"tables: { t: { key: k } }\nroutes:\n  status:\n    /s/{a}: { table: t, key: '{a}', pending: { bucket: b, "
             "key: '{a}' } }\n",
             "there is no bucket 'b'"},
        Case{"topics:\n  t: { subscribers: { s: { function: g } } }\n",
             "stepd.yaml:2:28: there is no function 'g', there is none"},
        Case{"functions: { f: { handler: image.type } }\ntopics:\n  t: { subscribers: { s: { function: f, timeout: 1s "
             "} } "
             "}\n",
             "timeout"},
        Case{"topics: { t: { content_based_deduplication: true } }\n", "only topics whose names end in .fifo have it"},
        Case{"parameters: { /a: {} }\n", "expected either value or file: PATH"},
        Case{"parameters: { /a: { value: 1, file: x } }\n", "expected either value or file: PATH"},
        Case{"parameters: { /a: { value: { b: 1 } } }\n", "expected a text, a number, true or false, or a list"},
        Case{"parameters: { /a: { value: x, type: Sting } }\n", "did you mean 'String'?"},
        Case{"parameters: { 'a b': { value: x } }\n", "the name of a parameter has letters"},
        Case{"secrets: { a: {} }\n", "expected either env: NAME or file: PATH, where the secret is"},
        Case{"secrets: { a: { env: PATH, value: x } }\n", "unknown key 'value'"},
        Case{"secrets: { a: { env: STEPD_NO_SUCH_VARIABLE } }\n",
             "the environment variable STEPD_NO_SUCH_VARIABLE is not set"},
        Case{"topics:\n  t: { function: g }\n", "stepd.yaml:2:8: there is no function 'g', there is none"},
        Case{"state_machines:\n  m: {}\n", "stepd.yaml:2:3: the key 'definition' is missing"},
        Case{"state_machines:\n  m: { definition: no.json }\n", "cannot read"},
        Case{"state_machines:\n  m: { definition: m.asl.json, type: STANDRD }\n", "did you mean 'STANDARD'?"},
        Case{"state_machines:\n  a b: { definition: m.asl.json }\n", "'a b' is no name of a state machine"},
        Case{"state_machines:\n  m: { definition: m.asl.json, substitutions: { A: 1 } }\n",
             "the value of ${A} must be a text"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nrules:\n  r: { pattern: { source: aws.s3 }, "
             "state_machine: m }\n",
             "stepd.yaml:4:19: the values to match stand in a list: [\"aws.s3\"]"},
        Case{"state_machines:\n  machine: { definition: m.asl.json }\nrules:\n  r: { pattern: { a: [b] }, "
             "state_machine: machina }\n",
             "stepd.yaml:4:29: there is no state machine 'machina', did you mean 'machine'?"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nrules:\n  r:\n    pattern: { a: [b] }\n    "
             "state_machine: m\n"
             "    input_transformer: { paths: { x: $.x }, template: '{\"y\": <y>}' }\n",
             "stepd.yaml:7:45: <y> has no path under paths"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nrules:\n  r: { pattern: { a: [b] }, state_machine: m, "
             "input_path: $$.x }\n",
             "it begins with a single $"},
        Case{"topics: { alerts: {} }\nrules:\n  r: { pattern: { source: [aws.states] }, topic: alert }\n",
             "there is no topic 'alert', did you mean 'alerts'?"},
        Case{"topics: { t: {} }\nrules:\n  r: { pattern: { source: [aws.s3] }, topic: t }\n",
             "a topic is told of executions alone: the pattern needs source: [aws.states]"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\ntopics: { t: {} }\nrules:\n"
             "  r: { pattern: { source: [aws.states] }, topic: t, state_machine: m }\n",
             "there is 'state_machine' as well"},
        Case{"state_machines:\n  m: { definition: m.asl.json, logging: { level: LOUD } }\n", "unknown word \"LOUD\""},
        Case{"state_machines:\n  m: { definition: m.asl.json, logging: { level: ALL } }\n",
             "the key 'group' is missing"},
        Case{"state_machines:\n  m: { definition: m.asl.json, logging: { level: ALL, group: 'a b' } }\n",
             "'a b' is no name of a log group"},
        Case{"log_groups: { file_size: 0 }\n", "file_size: expected a size such as 64 MiB, got 0"},
        Case{"limits: { express_time: 0s }\n", "express_time: expected a duration such as"},
        Case{"limits: { waiting_tasks: 0 }\n", "waiting_tasks: expected a whole number from 1 to 10000000, got 0"},
        Case{"limits: { start_execution: { refill: 0 } }\n",
             "refill: expected a whole number from 1 to 1000000, got 0"},
        Case{"limits: { state_transitions: 5 }\n", "expected a mapping (key: value), got 5"},
        Case{"buckets:\n  uploads: {}\nstate_machines:\n  m: { definition: m.asl.json }\nnotifications:\n"
             "  n: { bucket: uploads, state_machine: m }\n",
             "stepd.yaml:6:8: there is no bucket 'uploads' with watch: true"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nroutes:\n  start:\n    resize: { state_machine: m }\n",
             "stepd.yaml:5:5: a path begins with /"},
        Case{"state_machines:\n  m: { definition: m.asl.json }\nroutes:\n  start:\n    /health: { state_machine: m }\n",
             "this path is the server's own"},
        Case{"tables:\n  t: { key: k }\nroutes:\n  status:\n    /s/{a}: { table: t, key: 'x/{b}' }\n",
             "the path has no {b}"},
        Case{"tables:\n  t: { key: k }\nroutes:\n  status:\n    /s/{a}: { table: u, key: 'x/{a}' }\n",
             "there is no table 'u'"},
        Case{"limits: { image_bytes: lots }\n", "image_bytes: expected a size such as 64 MiB, got \"lots\""},
        Case{"image_workers: { memory: 1 MiB }\n", "stepd.yaml:1:18: memory: expected 64 MiB or more"},
        Case{"image_workers: { seconds: 1 }\n",
             "unknown key 'seconds', known are count, jobs, memory, keep, time, in_process"},
        Case{"image_presets: { thumb: { width: 9, fitt: cover } }\n",
             "preset thumb: /fitt: unknown, did you mean fit?"},
        Case{"image_presets_only: true\n", "image_presets_only: there are no image_presets to name"},
        Case{"labels: { classes: names.txt }\n", "stepd.yaml:1:1: model is missing"},
        Case{"labels: { model: a.onnx, classes: b.txt, size: 4 }\n", "size: expected a whole number from 8 to 2048"},
        Case{"labels: { model: a.onnx, classes: b.txt, std: [1, 0, 1] }\n", "std: expected three numbers above 0"},
        Case{"labels: { model: a.onnx, classes: b.txt, layout: chw }\n", "unknown word \"chw\", did you mean 'nchw'?"},
        Case{"functions: { tell: { handler: image.type } }\nlabels: { function: tel }\n",
             "stepd.yaml:2:11: there is no function 'tel', did you mean 'tell'?"},
        Case{"functions: { f: { handler: image.type } }\nlabels: { function: f, model: a.onnx }\n",
             "unknown key 'model'"},
        Case{"functions: { f: { steps: { s: { handler: image.labels } } } }\nlabels: { function: f }\n",
             "f asks image.labels itself"},
        Case{"functions: { f: { code: ., handler: a.b, runtime: java21 } }\n",
             "runtime: expected python3.12, nodejs22.x"},
        Case{"functions: { f: { code: ., runtime: python3.12 } }\n", "the key 'handler' is missing"},
        Case{"functions: { f: { code: ., handler: a.b } }\n", "the key 'runtime' is missing"},
        Case{"functions: { f: { command: [./run] } }\n", "code: expected the folder of the function, or a .zip"},
        Case{"functions: { f: { code: ., command: [] } }\n", "command: expected a list, a program and its arguments"},
        Case{"functions: { f: { code: nowhere, handler: a.b, runtime: nodejs22.x } }\n", "code: there is no "},
        Case{"functions: { f: { code: ., handler: a.b, runtime: python3, memory: 128 } }\n",
             "memory: expected 64 MiB to 10240 MiB"},
        Case{"functions: { f: { code: ., handler: a.b, runtime: python3, timeout: 16m } }\n", "timeout: expected"},
        Case{"functions: { f: { code: ., handler: a.b, runtime: python3, environment: { AWS_REGION: x } } }\n",
             "environment: AWS_REGION is set by the runtime, as on Lambda"},
        Case{"functions: { f: { code: ., handler: a.b, runtime: python3, arguments: {} } }\n",
             "unknown key 'arguments'"},
        Case{"functions: { a.b: { code: ., handler: a.b, runtime: python3 } }\n",
             "at most 64 letters, digits, - and _"},
        Case{"function_workers: { processes: 0 }\n", "processes: expected a whole number from 1 to 1000, got 0"},
        Case{"limits: { connections: 500.0 }\n", "connections: expected a whole number from 1 to 100000, got 500.0"},
        Case{"limits: { connections: 18446744073709551615 }\n",
             "connections: expected a whole number from 1 to 100000"},
        Case{"limits: { conections: ~ }\n", "unknown key 'conections', did you mean 'connections'?"},
        Case{"tables:\n  images: { key: ~ }\n", "stepd.yaml:2:3: the key 'key' has no value"},
        Case{"limits: { connections: 0 }\n", "connections: expected a whole number from 1 to 100000, got 0"},
        Case{"workers: 5\n", "stepd.yaml:1:1: expected a mapping (key: value), got 5"}));

TEST(Config, All_faults_are_told_at_once_in_the_order_of_lines) {
  EXPECT_THAT(faults_of("buckets:\n  uploads: { wacth: true }\nworkers: { task: 1 }\nlisten: x\nrigion: x\n"),
              ElementsAre(HasSubstr(":2:14:"), HasSubstr(":3:12:"), HasSubstr(":4:1:"), HasSubstr(":5:1:")));
}

TEST(Config, A_key_without_a_value_counts_as_absent) {
  EXPECT_THAT(faults_of("listen: ~\nlimits: { connections: ~, image_bytes: ~, express_time: ~ }\nworkers: ~\n"),
              ElementsAre());
}

TEST(Config, Reading_goes_on_after_a_number_out_of_range) {
  EXPECT_THAT(faults_of("limits: { connections: 0, image_side: 0, conections: 1 }\n"),
              ElementsAre(HasSubstr("1:11: connections: expected a whole number from 1 to 100000, got 0"),
                          HasSubstr("1:27: image_side: expected a whole number from 1 to 65535, got 0"),
                          HasSubstr("1:42: unknown key 'conections', did you mean 'connections'?")));
}

TEST(Config, A_fault_within_a_definition_names_the_definition_s_own_line) {
  const Folder folder;
  folder.write("bad.asl.yaml", "StartAt: B\nStates:\n  A: { Type: Succeed }\n");
  const auto loaded = load(folder, "state_machines:\n  m: { definition: bad.asl.yaml }\n");
  ASSERT_FALSE(loaded.is_valid());
  EXPECT_THAT(to_text(loaded.faults.front()), HasSubstr("bad.asl.yaml:1:1: "));
  EXPECT_THAT(to_text(loaded.faults.front()), HasSubstr("(/StartAt)"));
}

TEST(Config, A_placeholder_without_a_value_is_named) {
  const Folder folder;
  folder.write("p.asl.json", R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${Work}","End":true}}})");
  const auto loaded = load(folder, "state_machines:\n  m: { definition: p.asl.json }\n");
  ASSERT_FALSE(loaded.is_valid());
  EXPECT_THAT(loaded.faults.front().message, HasSubstr("${Work}"));
  EXPECT_TRUE(
      load(folder, "state_machines:\n  m: { definition: p.asl.json, substitutions: { Work: f } }\n").is_valid());
}

TEST(Config, Paths_are_relative_to_the_file_and_data_stands_for_the_data_directory) {
  const Folder folder;
  const auto yaml = "buckets:\n  one: {}\n  two: { path: <data>/x }\n  three: { path: ../y }\n";
  const auto loaded = load_config(folder.write("stepd.yaml", yaml), std::filesystem::path("/srv/d")).value();
  ASSERT_TRUE(loaded.is_valid());
  EXPECT_EQ(loaded.config.buckets.at(0).path, "/srv/d/buckets/one");
  EXPECT_EQ(loaded.config.buckets.at(1).path, "/srv/d/x");
  EXPECT_EQ(loaded.config.buckets.at(2).path, folder.path().parent_path() / "y");
}

TEST(Config, The_data_directory_is_the_given_one_else_the_file_s_else_the_working_directory_s) {
  const Folder folder;
  const auto file = folder.write("stepd.yaml", "data: kept\n");
  EXPECT_EQ(load_config(file, std::nullopt)->config.data, folder.path() / "kept");
  EXPECT_EQ(load_config(file, std::filesystem::path("/srv/d"))->config.data, "/srv/d");
  EXPECT_EQ(load(folder, "").config.data, std::filesystem::absolute("data"));
}

TEST(Config, Tables_have_keys_indexes_and_an_attribute_of_expiry) {
  const Folder folder;
  const auto loaded = load(folder, R"(tables:
  orders:
    key: id
    key_type: S
    sort: at
    sort_type: N
    indexes:
      byUser: { key: user, key_type: B, sort: at, sort_type: N, projection: [total, note] }
      byTotal: { key: id, sort: total, local: true, projection: KEYS_ONLY }
    ttl: expires
)");
  ASSERT_TRUE(loaded.is_valid());
  TableSchema wanted{"orders", {"id", KeyType::Text}, KeyAttribute{"at", KeyType::Number}};
  wanted.indexes = {{"byUser",
                     {"user", KeyType::Bytes},
                     KeyAttribute{"at", KeyType::Number},
                     {Projection::Kind::Include, {"total", "note"}}},
                    {"byTotal", {"id", KeyType::Text}, KeyAttribute{"total"}, {Projection::Kind::KeysOnly}, true}};
  wanted.ttl_attribute = "expires";
  ASSERT_EQ(loaded.config.tables.size(), 1u);
  EXPECT_EQ(loaded.config.tables.front(), wanted);
}

TEST(Config, Parameters_and_secrets_are_read_when_they_are_asked_for) {
  const Folder folder;
  folder.write("token", "first\n");
  const auto loaded = load(folder,
                           "parameters:\n  /n: { value: 5 }\n  /l: { value: [a, b], type: StringList }\n"
                           "  /f: { file: token, type: SecureString }\nsecrets: { s: { file: token } }\n");
  ASSERT_TRUE(loaded.is_valid());
  const auto& parameters = loaded.config.parameters;
  ASSERT_EQ(parameters.size(), 3u);
  EXPECT_EQ(parameters[0].name + " " + parameters[0].type + " " + parameters[0].source.read().value(),
            "/f SecureString first");
  EXPECT_EQ(parameters[1].source.read().value(), "a,b");
  EXPECT_EQ(parameters[2].source.read().value(), "5");
  folder.write("token", "second");
  EXPECT_EQ(loaded.config.secrets.at(0).source.read().value(), "second");
  folder.write("token", std::string(65'537, 'x'));
  EXPECT_FALSE(loaded.config.secrets.at(0).source.read().has_value());
  std::filesystem::remove(folder.path() / "token");
  EXPECT_NE(loaded.config.secrets.at(0).source.read().error().cause.find("cannot be read"), std::string::npos);
}

TEST(Config, Labels_are_a_network_s_or_a_function_s) {
  const Folder folder;
  EXPECT_FALSE(load(folder, "").config.labels.network);
  const auto own = load(folder,
                        "labels: { model: n/a.onnx, classes: n/b.txt, mean: [1, 2.5, 3], channels: bgr, "
                        "layout: nhwc, scores: independent, top: 3, min_confidence: 0 }\n");
  ASSERT_TRUE(own.is_valid());
  const auto& network = own.config.labels.network.value();
  EXPECT_EQ(network.model, folder.path() / "n/a.onnx");
  EXPECT_EQ(network.classes, folder.path() / "n/b.txt");
  EXPECT_THAT(network.mean, ElementsAre(1, 2.5, 3));
  EXPECT_TRUE(network.blue_first);
  EXPECT_EQ(network.layout, tasks::labels::Layout::ChannelsLast);
  EXPECT_EQ(network.scores, tasks::labels::Scores::Independent);
  EXPECT_EQ(network.top, 3u);
  EXPECT_EQ(network.min_confidence, 0u);
  for (const char* functions :
       {"functions: { f: { endpoint: 'http://127.0.0.1:9' } }\n", "lambda_endpoint: http://127.0.0.1:9\n"}) {
    const auto asked = load(folder, std::string(functions) + "labels: { function: f }\n");
    EXPECT_TRUE(asked.is_valid()) << functions;
    EXPECT_EQ(asked.config.labels.function, "f");
    EXPECT_FALSE(asked.config.labels.network);
  }
}

TEST(Config, A_file_that_cannot_be_read_says_why) {
  const auto loaded = load_config("/no/such/stepd.yaml", std::nullopt);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().cause, HasSubstr("/no/such/stepd.yaml: No such file"));
}

TEST(Config, Every_configuration_that_is_delivered_is_valid_without_a_warning) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "config")) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    const auto loaded = load_config(entry.path(), std::nullopt).value();
    for (const auto& fault : loaded.faults) ADD_FAILURE() << to_text(fault);
  }
  EXPECT_GE(count, 3);
}

TEST(Config, The_default_configuration_is_the_product_that_its_greeting_promises) {
  const auto config = load_config(kRoot / "config" / "stepd.yaml", std::filesystem::path("/srv/d"))->config;
  const auto lines = greeting(config, 8083);
  EXPECT_EQ(lines,
            "address  http://127.0.0.1:8083\ninbox    /srv/d/buckets/uploads\n"
            "try      curl -d '{\"bucket\":\"uploads\",\"key\":\"photo.jpg\"}' http://127.0.0.1:8083/resize\n");
  std::vector<std::string> paths;
  for (const auto& route : config.routes.starts) paths.push_back(route.path);
  EXPECT_THAT(paths, ElementsAre("/resize", "/prod/resize", "/process"));
}

TEST(Config, A_greeting_says_that_nothing_runs) {
  auto config = load_config(kRoot / "config" / "stepd.yaml", std::filesystem::path("/srv/d"))->config;
  config.paused = true;
  const auto lines = greeting(config, 8083);
  EXPECT_THAT(lines, HasSubstr("inbox    none: paused\n"));
  EXPECT_THAT(lines, HasSubstr("paused   nothing runs"));
}

TEST(Listen, Only_addresses_that_nobody_else_reaches_are_loopback) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("::"));
  EXPECT_FALSE(is_loopback("192.168.1.2"));
}

TEST(Config, A_function_of_ones_own_code_is_read_with_all_its_keys) {
  const Folder folder;
  const auto loaded =
      load(folder,
           "functions:\n"
           "  resize:\n"
           "    code: .\n"
           "    handler: app.lambda_handler\n"
           "    runtime: python3.12\n"
           "    environment: { BUCKET: photos, WIDTH: 300, DEBUG: false }\n"
           "    timeout: 10s\n"
           "    memory: 256 MiB\n"
           "    layers: [layer, arn:aws:lambda:eu-west-1:770693421928:layer:Klayers-p312-Pillow:5]\n"
           "    concurrency: 5\n"
           "  own: { code: ., command: [./run, --fast], log_group: /own }\n"
           "function_workers: { processes: 3, processes_max: 9, idle: 1m, confined: false, readable: [models] }\n");
  ASSERT_TRUE(loaded.faults.empty()) << to_text(loaded.faults.front());
  ASSERT_EQ(loaded.config.own_code.size(), 2u);
  const auto& resize = loaded.config.own_code[0];
  EXPECT_EQ(resize.name, "resize");
  EXPECT_EQ(resize.handler, "app.lambda_handler");
  EXPECT_EQ(resize.runtime, "python3.12");
  EXPECT_EQ(resize.environment, (functions::Variables{{"BUCKET", "photos"}, {"WIDTH", "300"}, {"DEBUG", "false"}}));
  EXPECT_EQ(resize.timeout, std::chrono::seconds{10});
  EXPECT_EQ(resize.memory, 256ull << 20);
  EXPECT_EQ(resize.layers[0], folder.path() / "layer");
  EXPECT_EQ(resize.layers[1], "arn:aws:lambda:eu-west-1:770693421928:layer:Klayers-p312-Pillow:5");
  EXPECT_EQ(resize.concurrency, 5u);
  EXPECT_EQ(resize.log_group, "/aws/lambda/resize");
  EXPECT_EQ(loaded.config.own_code[1].command, (std::vector<std::string>{"./run", "--fast"}));
  EXPECT_EQ(loaded.config.own_code[1].log_group, "/own");
  EXPECT_TRUE(loaded.config.functions[0].own_code);
  const auto& workers = loaded.config.function_workers;
  EXPECT_EQ(workers.processes, 3u);
  EXPECT_EQ(workers.processes_max, 9u);
  EXPECT_EQ(workers.idle, std::chrono::minutes{1});
  EXPECT_FALSE(workers.confined);
  EXPECT_EQ(workers.readable.front(), folder.path() / "models");
}

}  // namespace
}  // namespace stepd::daemon
