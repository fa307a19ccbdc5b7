// The tables of the database file, as a list of migrations: entry n brings schema n to schema n + 1. It does not touch
// what the tables hold beyond what a migration says.
#pragma once

#include <span>

namespace stepd::storage::sqlite {

class Connection;

/// In the file's header: says to whom the file belongs (`stpd`).
inline constexpr int kApplicationId = 0x73747064;

/// Released entries are never edited: files of every release must still find their way to the present.
std::span<const char* const> migrations();

/// Brings a new or older file to the newest schema, in one transaction.
/// Throws StoreError: not a stepd database, or a schema that only a newer stepd knows.
void migrate(Connection& connection, std::span<const char* const> steps = migrations());

}  // namespace stepd::storage::sqlite
