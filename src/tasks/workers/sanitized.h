// Whether this build is for finding faults: the sanitizers need what workers are otherwise refused.
#pragma once

namespace stepd::tasks::workers {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace stepd::tasks::workers
