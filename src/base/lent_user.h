// Users that root lends to processes which run what others wrote, or read what others made. The kernel counts the
// processes of such a user by themselves, and its files, sockets and signals are nobody else's.
#pragma once

#include <sys/types.h>

namespace stepd {

/// Of the users that systemd lends to services for a time (DynamicUser=): no account has one of them.
struct LentUsers {
  uid_t first;
  uid_t count;
};
inline constexpr LentUsers kImageUsers{61'184, 2'168};
inline constexpr LentUsers kFunctionUsers{63'352, 2'168};

/// Leaves root for good: `user`, the group of the same number and no others. False where the process may not, as in a
/// user namespace that maps few users.
bool become_user(uid_t user);

}  // namespace stepd
