// Descriptor: owns a file descriptor and closes it when it is destroyed.
#pragma once

#include <unistd.h>
#include <utility>

namespace stepd {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  /// Closes the descriptor that this object had.
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
