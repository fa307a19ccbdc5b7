// A file descriptor that is closed with its owner. Knows nothing of what it stands for.
#pragma once

#include <unistd.h>
#include <utility>

namespace stepd {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  /// What was open here is closed before this returns.
  Descriptor& operator=(Descriptor&& other) noexcept {
    const int taken = std::exchange(other.fd_, -1);
    reset();
    fd_ = taken;
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace stepd
