#include "storage/faulty_disk.h"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <mutex>

namespace stepd::storage::test {
namespace {

struct Plan {
  std::mutex mutex;
  std::array<std::uint64_t, 5> calls{};
  DiskCall call = DiskCall::Write;
  std::uint64_t nth = 0;  // 0: never
  int code = SQLITE_OK;
  int error = 0;
  bool has_failed = false;
};

Plan plan;
std::atomic<int> last_error = 0;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs faulty_vfs{};

/// What the call answers instead of being done; SQLITE_OK: it is done.
int meet(DiskCall call) {
  const std::lock_guard lock(plan.mutex);
  const auto count = ++plan.calls[static_cast<std::size_t>(call)];
  if (plan.nth == 0 || call != plan.call || count != plan.nth) return SQLITE_OK;
  plan.has_failed = true;
  last_error = plan.error;
  return plan.code;
}

/// Before the real file's own structure, in the memory that SQLite gave us.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

int close_file(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  if (const int code = meet(DiskCall::Read); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xRead(real_of(file), to, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (const int code = meet(DiskCall::Write); code != SQLITE_OK) {
    // As on a real disk, part of it may be there.
    if (size > 1) real_of(file)->pMethods->xWrite(real_of(file), from, size / 2, at);
    return code;
  }
  return real_of(file)->pMethods->xWrite(real_of(file), from, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = meet(DiskCall::Truncate); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  if (const int code = meet(DiskCall::Sync); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xSync(real_of(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int level) { return real_of(file)->pMethods->xLock(real_of(file), level); }
int unlock_file(sqlite3_file* file, int level) { return real_of(file)->pMethods->xUnlock(real_of(file), level); }
int check_lock(sqlite3_file* file, int* answer) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), answer);
}
int control(sqlite3_file* file, int op, void* value) {
  return real_of(file)->pMethods->xFileControl(real_of(file), op, value);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int characteristics(sqlite3_file* file) { return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  if (const int code = meet(DiskCall::SharedMemory); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, to);
}
int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}
void shm_barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return real_of(file)->pMethods->xShmUnmap(real_of(file), remove); }

const sqlite3_io_methods kMethods{2,           close_file,  read_file,       write_file,  truncate_file,
                                  sync_file,   file_size,   lock_file,       unlock_file, check_lock,
                                  control,     sector_size, characteristics, shm_map,     shm_lock,
                                  shm_barrier, shm_unmap,   nullptr,         nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* mine = reinterpret_cast<File*>(file);
  mine->real = reinterpret_cast<sqlite3_file*>(mine + 1);
  mine->base.pMethods = nullptr;
  const int code = real_vfs->xOpen(real_vfs, name, mine->real, flags, out_flags);
  if (mine->real->pMethods != nullptr) mine->base.pMethods = &kMethods;
  return code;
}

int get_last_error(sqlite3_vfs*, int size, char* text) {
  if (last_error != 0) return last_error;  // like errno, it stays
  return real_vfs->xGetLastError(real_vfs, size, text);
}

}  // namespace

FaultyDisk::FaultyDisk() {
  real_vfs = sqlite3_vfs_find(nullptr);
  faulty_vfs = *real_vfs;
  faulty_vfs.zName = "faulty";
  faulty_vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  faulty_vfs.xOpen = open_file;
  faulty_vfs.xGetLastError = get_last_error;
  sqlite3_vfs_register(&faulty_vfs, 1);
  fail(DiskCall::Write, 0, SQLITE_OK, 0);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&faulty_vfs);
  sqlite3_vfs_register(real_vfs, 1);
}

void FaultyDisk::fail(DiskCall call, std::uint64_t nth, int code, int error) {
  const std::lock_guard lock(plan.mutex);
  plan.calls = {};
  plan.call = call;
  plan.nth = nth;
  plan.code = code;
  plan.error = error;
  plan.has_failed = false;
  last_error = 0;
}

bool FaultyDisk::has_failed() const {
  const std::lock_guard lock(plan.mutex);
  return plan.has_failed;
}

std::uint64_t FaultyDisk::calls(DiskCall call) const {
  const std::lock_guard lock(plan.mutex);
  return plan.calls[static_cast<std::size_t>(call)];
}

}  // namespace stepd::storage::test
