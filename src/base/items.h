// ItemStore: the interface to tables of items, which are found by their key and by the keys of indexes.
#pragma once

#include "base/attribute/attribute.h"
#include "base/clock.h"
#include "base/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepd {

/// What the value of a key attribute may be. TextOrNumber: of tables whose configuration does not say.
enum class KeyType : std::uint8_t { TextOrNumber, Text, Number, Bytes };

/// `S`, `N`, `B`; TextOrNumber is `S`.
std::string_view name_of(KeyType type);
bool fits(KeyType type, const Attribute& value);

struct KeyAttribute {
  std::string name;
  KeyType type = KeyType::TextOrNumber;
  bool operator==(const KeyAttribute&) const = default;
};

/// What queries of an index answer of an item: all, the keys of table and index, or these and `attributes`.
struct Projection {
  enum class Kind : std::uint8_t { All, KeysOnly, Include };
  Kind kind = Kind::All;
  std::vector<std::string> attributes = {};
  bool operator==(const Projection&) const = default;
};

/// Holds the items that have all its key attributes.
struct IndexSchema {
  std::string name;
  KeyAttribute key;
  std::optional<KeyAttribute> sort = {};
  Projection projection = {};
  bool local = false;  ///< DynamoDB's local secondary index; its key is the table's
  bool operator==(const IndexSchema&) const = default;
};

struct TableSchema {
  std::string name;
  KeyAttribute key;  ///< of the partition
  std::optional<KeyAttribute> sort = {};
  std::vector<IndexSchema> indexes = {};
  std::string ttl_attribute = {};  ///< holds the second since 1970 from which on the item may be removed; empty: none
  bool operator==(const TableSchema&) const = default;

  /// Null if there is none.
  const IndexSchema* find_index(std::string_view index) const;
};

/// The key of an item: its key attributes alone. `Item.InvalidKey` if one is absent.
Result<Item> key_of_item(const TableSchema& table, const Item& item);

struct Table {
  TableSchema schema;
  std::string id;           ///< a UUID
  bool configured = false;  ///< by the configuration, else by create()
  Instant created_at;
  std::string settings;  ///< a JSON object that create() was given and the store does not read
};
using TablePtr = std::shared_ptr<const Table>;
using TableChange = std::function<Result<void>(Table& table)>;

struct ItemRef {
  std::string table;
  Item key;
};

/// One item before and after a change; none: it did not exist or does not exist any more.
struct ItemChange {
  std::optional<Item> before;
  std::optional<Item> after;
};

/// Computes the new item from the present one (null: there is none). Answering none removes it; an error changes
/// nothing.
using ItemDecision = std::function<Result<std::optional<Item>>(const Item* present)>;
/// The same for several items at once, in the order of their references.
using ItemDecisions = std::function<Result<std::vector<std::optional<Item>>>(std::span<const Item* const> present)>;

/// A request that is made once, however often it is sent: its token, and a digest that tells it from others.
struct RequestToken {
  std::string token;
  std::string digest;
};

struct ItemCount {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  ///< of their texts
};

/// Items with one partition key, or all items of a table or an index.
struct ItemQuery {
  std::string table;
  std::string index = {};                   ///< empty: of the table itself
  std::optional<Attribute> partition = {};  ///< none: all
  /// Bounds of the sort key, with `partition` only; of one type.
  struct Bound {
    Attribute value;
    bool inclusive = true;
  };
  std::optional<Bound> from = {};
  std::optional<Bound> to = {};
  /// Text or bytes, instead of bounds: how the sort key begins; without `partition`, how the partition's does.
  std::optional<Attribute> begins_with = {};
  const Item* after = nullptr;  ///< the key of the table, and of the index, that the items come after
  bool backward = false;
  std::size_t limit = SIZE_MAX;
  std::size_t bytes = 1'048'576;  ///< of items as DynamoDB counts them; the item that exceeds them is the last
  std::uint32_t segment = 0;      ///< one of `segments` disjoint parts
  std::uint32_t segments = 1;
};

struct ItemPage {
  std::vector<Item> items;
  bool more = false;  ///< a limit was reached; it may be that nothing follows
};

/// Thread: any; calls block until the answer is durable.
/// Errors: `Item.NoSuchTable`, `Item.InvalidKey` (absent, empty or of another type; of an index as well),
/// `Item.TooLarge`, `Item.StorageFull`, `Item.Failed`.
class ItemStore {
 public:
  virtual ~ItemStore() = default;

  /// By name.
  virtual std::vector<TablePtr> tables() const = 0;
  /// Null if there is none.
  virtual TablePtr find_table(std::string_view name) const = 0;
  virtual ItemCount count(const std::string& table) const = 0;

  virtual Result<std::optional<Item>> get(const ItemRef& ref) const = 0;
  /// As they were at one moment.
  virtual Result<std::vector<std::optional<Item>>> get_all(std::span<const ItemRef> refs) const = 0;
  virtual Result<ItemPage> query(const ItemQuery& query) const = 0;

  /// Computes and writes the new item atomically; `decide` is called again if another write came between. Its error is
  /// passed on. A new item with another key is `Item.InvalidKey`. An `attempt` (see Handler) that has made its change
  /// before gets the answer of that time, as long as its execution is open; empty: not remembered.
  virtual Result<ItemChange> change(const ItemRef& ref, const ItemDecision& decide, const std::string& attempt) = 0;
  /// All of them or none; no item is named twice. With a `request` that was made before nothing is decided or changed,
  /// and the answer is empty; of a remembered `attempt` it is the first item's change; one whose token was used for
  /// another request is `Item.TokenUsed`. Tokens are remembered for ten minutes.
  virtual Result<std::vector<ItemChange>> change_all(std::span<const ItemRef> refs, const ItemDecisions& decide,
                                                     const std::optional<RequestToken>& request,
                                                     const std::string& attempt) = 0;
  /// Replaces the whole item of that key.
  Result<void> put(const std::string& table, const Item& item);
  Result<void> remove(const ItemRef& ref);

  /// `Item.TableExists` if the name is taken.
  virtual Result<TablePtr> create(const TableSchema& schema, const std::string& settings) = 0;
  /// The table is gone at once, its items in steps. `Item.Configured` for a table of the configuration.
  virtual Result<TablePtr> drop(const std::string& table) = 0;
  /// Empty: items do not expire any more.
  virtual Result<void> set_ttl(const std::string& table, const std::string& attribute) = 0;
  /// Gives a table of create() what `change` makes of it: other indexes and settings, not another key. Items that are
  /// there already are in new indexes when it returns. An error of `change` is passed on and changes nothing.
  /// `Item.Configured` for a table of the configuration.
  virtual Result<TablePtr> alter(const std::string& table, const TableChange& change) = 0;
  /// Removes items that have expired and what dropped tables have left, about `most` of each; true if there is more.
  virtual bool sweep(std::size_t most) = 0;
};

}  // namespace stepd
