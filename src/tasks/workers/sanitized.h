// Whether this build is for finding faults: the sanitizers need what workers are otherwise refused.
#pragma once

#ifndef __has_feature  // Clang's way of saying it; g++ defines the macros below
#define __has_feature(feature) 0
#endif

namespace stepd::tasks::workers {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace stepd::tasks::workers
