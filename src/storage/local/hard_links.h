// Whether a file that has several names may be taken for an object: a link must not make one's own what one may not
// read. It opens nothing.
#pragma once

#include <sys/stat.h>

namespace stepd::storage::local {

/// Whether this kernel lets only those link to a file who own it or may read and write it (fs.protected_hardlinks,
/// proc_sys_fs(5)). Read once.
bool kernel_protects_hard_links();

/// `file` was found in `folder`. One name: yes. Several: only if whoever put this one there could have read the file
/// without it. The kernel may vouch for that; else the folder does, when nobody but its owner can put names into it and
/// the file is that owner's.
bool may_be_object(const struct stat& file, const struct stat& folder, bool kernel_protects);

}  // namespace stepd::storage::local
