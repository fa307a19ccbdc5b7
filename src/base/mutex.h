// A mutex whose users Clang checks (-Wthread-safety): a member that is STEPD_GUARDED_BY a mutex is touched only by code
// that holds it, and a function that is STEPD_REQUIRES it is called only by such code. With other compilers the
// annotations say the same to readers.
//
// The predicate of a condition states that it is called with the mutex held:
// `changed_.wait(lock, [this]() STEPD_REQUIRES(mutex_) { return ready_; });`
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#if defined(__clang__)
#define STEPD_THREAD_ANNOTATION(annotation) __attribute__((annotation))
#else
#define STEPD_THREAD_ANNOTATION(annotation)
#endif

#define STEPD_GUARDED_BY(mutex) STEPD_THREAD_ANNOTATION(guarded_by(mutex))
#define STEPD_REQUIRES(mutex) STEPD_THREAD_ANNOTATION(requires_capability(mutex))
#define STEPD_EXCLUDES(mutex) STEPD_THREAD_ANNOTATION(locks_excluded(mutex))

namespace stepd {

class STEPD_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() STEPD_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() STEPD_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a mutex as long as it lives, but for what lies between unlock() and lock().
class STEPD_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) STEPD_THREAD_ANNOTATION(acquire_capability(mutex)) : lock_(mutex.mutex_) {}
  ~MutexLock() STEPD_THREAD_ANNOTATION(release_capability()) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void lock() STEPD_THREAD_ANNOTATION(acquire_capability()) { lock_.lock(); }
  void unlock() STEPD_THREAD_ANNOTATION(release_capability()) { lock_.unlock(); }

 private:
  friend class ConditionVariable;
  friend class StopConditionVariable;
  std::unique_lock<std::mutex> lock_;
};

/// A condition variable for Mutex. `lock` holds the mutex that guards what the predicate looks at.
class ConditionVariable {
 public:
  template <class Predicate>
  void wait(MutexLock& lock, Predicate predicate) {
    condition_.wait(lock.lock_, std::move(predicate));
  }
  /// Whether the predicate holds.
  template <class Time, class Predicate>
  bool wait_until(MutexLock& lock, const Time& until, Predicate predicate) {
    return condition_.wait_until(lock.lock_, until, std::move(predicate));
  }
  template <class Duration, class Predicate>
  bool wait_for(MutexLock& lock, const Duration& most, Predicate predicate) {
    return condition_.wait_for(lock.lock_, most, std::move(predicate));
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

/// The same where a stop ends the wait.
class StopConditionVariable {
 public:
  /// Whether the predicate holds.
  template <class Predicate>
  bool wait(MutexLock& lock, std::stop_token stop, Predicate predicate) {
    return condition_.wait(lock.lock_, std::move(stop), std::move(predicate));
  }
  template <class Duration, class Predicate>
  bool wait_for(MutexLock& lock, std::stop_token stop, const Duration& most, Predicate predicate) {
    return condition_.wait_for(lock.lock_, std::move(stop), most, std::move(predicate));
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace stepd
