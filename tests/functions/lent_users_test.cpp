// Functions under users of their own: who they are, what is counted for them, and who may speak to their Runtime API.
#include "base/lent_user.h"
#include "python_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stepd::test {
namespace {

/// Where the tests run as root in a system that maps users.
class LentUserTest : public PythonFunctionsTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can lend users";
    handler("import os\ndef handler(event, context):\n    return os.getuid()\n");
    user_ = result().get<unsigned>();
    if (user_ == 0) GTEST_SKIP() << "users cannot be lent here";
    runtime_.reset();
  }

  unsigned user_ = 0;
};

TEST_F(LentUserTest, AFunctionIsAUserOfItsOwnWithAName) {
  EXPECT_GE(user_, kFunctionUsers.first);
  EXPECT_LT(user_, kFunctionUsers.first + kFunctionUsers.count);
  handler(
      "import os, pwd\n"
      "def handler(event, context):\n"
      "    open('/tmp/file', 'w').write('x')\n"
      "    return [os.getresuid(), os.getresgid(), os.getgroups(), pwd.getpwuid(os.getuid()).pw_name,\n"
      "            os.stat('/tmp/file').st_uid, os.access('/var/task/app.py', os.W_OK)]\n");
  const auto seen = result();
  const auto user = seen[0][0];
  EXPECT_NE(user, 0);
  EXPECT_EQ(seen, (Json{{user, user, user}, {user, user, user}, Json::array(), "sbx_user1051", user, false}));
}

TEST_F(LentUserTest, EachProcessHasAUserThatItsSuccessorAtTheSameFilesGetsToo) {
  function().timeout = 5s;
  handler(
      "import os, threading\n"
      "def handler(event, context):\n"
      "    if event.get('end'): os._exit(1)\n"
      "    threading.Event().wait(event.get('wait', 0))\n"
      "    return os.getuid()\n");
  auto first = begin(R"({"wait": 1})");
  auto second = begin(R"({"wait": 1})");
  const auto one = end(std::move(first)).payload;
  EXPECT_NE(one, end(std::move(second)).payload);
  runtime_.reset();
  const auto before = result();
  error(R"({"end": true})");
  EXPECT_EQ(result(), before);
}

TEST_F(LentUserTest, ItsProcessesAreCountedByThemselves) {
  // Bounded: 100 forks at most, none of which forks again.
  handler(
      "import errno, os, resource\n"
      "def handler(event, context):\n"
      "    resource.setrlimit(resource.RLIMIT_NPROC, (24, 24))\n"
      "    children, gate, why = [], os.pipe(), None\n"
      "    try:\n"
      "        for _ in range(100):\n"
      "            pid = os.fork()\n"
      "            if pid == 0:\n"
      "                os.close(gate[1]); os.read(gate[0], 1); os._exit(0)\n"
      "            children.append(pid)\n"
      "    except OSError as error:\n"
      "        why = errno.errorcode[error.errno]\n"
      "    os.close(gate[1])\n"
      "    for pid in children: os.waitpid(pid, 0)\n"
      "    return [len(children), why]\n");
  const auto seen = result();
  EXPECT_EQ(seen[1], "EAGAIN");
  EXPECT_LT(seen[0], 24);
}

TEST_F(LentUserTest, CodeThatNotEverybodyMayReadRunsAsTheDaemonsUser) {
  std::filesystem::permissions(folder_ / "code" / "app.py", std::filesystem::perms::owner_read);
  EXPECT_EQ(result(), 0);
}

TEST_F(LentUserTest, NobodyElseIsServedByItsRuntimeApi) {
  handler("import os\ndef handler(event, context):\n    return os.environ['AWS_LAMBDA_RUNTIME_API']\n");
  const auto address = result().get<std::string>();
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
  ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  const std::string wanted = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";
  ::send(socket, wanted.data(), wanted.size(), MSG_NOSIGNAL);
  char got = 0;
  EXPECT_LE(::recv(socket, &got, 1, 0), 0);
  ::close(socket);
  EXPECT_EQ(result(), address);
}

}  // namespace
}  // namespace stepd::test
