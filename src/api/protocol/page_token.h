// The tokens of paged answers: where the next page begins, for whom, and until when. Lists are read elsewhere.
#pragma once

#include "api/protocol/api_error.h"
#include "base/clock.h"

#include <string>
#include <string_view>

namespace stepd::api {

/// `scope` is the operation and every argument that AWS binds a token to; a token serves no other. It serves for 24
/// hours, across restarts. Its digest guards against mistakes, not malice: a forged token could only ask for a page of
/// what its sender may list anyway.
std::string make_page_token(std::string_view scope, std::string_view cursor, Instant now);

/// The cursor, or InvalidToken.
Checked<std::string> read_page_token(std::string_view token, std::string_view scope, Instant now);

}  // namespace stepd::api
