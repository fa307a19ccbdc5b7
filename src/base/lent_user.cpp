#include "base/lent_user.h"

#include <grp.h>
#include <unistd.h>

namespace stepd {

bool become_user(uid_t user) {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(user, user, user) == 0 && ::setresuid(user, user, user) == 0;
}

}  // namespace stepd
