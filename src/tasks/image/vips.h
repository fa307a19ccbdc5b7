// libvips made safe to use: started once with a short list of decoders, owned by smart pointers, its errors as text.
// It does not depend on formats or sizes; its source lists what may be decoded.
#pragma once

#include <memory>
#include <string>

struct _VipsImage;  // NOLINT(bugprone-reserved-identifier): libvips's own name

namespace stepd::tasks::image {

struct Unref {
  void operator()(_VipsImage* image) const;
};
using Picture = std::unique_ptr<_VipsImage, Unref>;

/// One step of a pipeline: `step` is given where to put its result and answers 0, as libvips's operations do.
template <class Step>
bool apply(Picture& picture, Step step) {
  _VipsImage* result = nullptr;
  if (step(picture.get(), &result) != 0) return false;
  picture.reset(result);
  return true;
}

/// The same picture once more; the pixels are shared.
Picture another(const Picture& picture);

/// Before every use of libvips. Thread: any; also sees to it that the calling thread's caches go when it ends.
/// Throws std::runtime_error if libvips cannot start.
void start_vips();

/// What libvips said since the last call, on one line and not long. libvips keeps one such text per process: exact in a
/// worker, which does one job at a time, while after a failure in another thread it may name that thread's fault as
/// well. So it is for people, and decides nothing but what libvips tells in no other way (missing_pixels()).
std::string take_vips_error();

}  // namespace stepd::tasks::image
