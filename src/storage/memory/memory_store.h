// A store that forgets: for `stepd run`, simulations and tests.
#pragma once

#include "storage/store.h"

#include <memory>

namespace stepd::storage {

/// Same contract as every store, durability aside. `done` runs inside write().
std::unique_ptr<Store> open_memory();

}  // namespace stepd::storage
