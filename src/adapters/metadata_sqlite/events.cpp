#include "adapters/metadata_sqlite/events.h"

#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/sqlite_error.h"
#include "base/ulid.h"

namespace tintype::sqlite {
namespace {

constexpr std::string_view kColumns = "id, type, user_id, image_id, at, version, thumbnail_key, error";

Result<ImageEvent> read_event(const Statement& row) {
  const auto type = parse_event_name(row.text(1));
  const auto user = UserId::parse(row.text(2));
  const auto image = ImageId::parse(row.text(3));
  if (!type || !user || !image) {
    return fail(to_error(SQLITE_CORRUPT, "no event can be read from row " + row.text(0)));
  }
  return ImageEvent{.id = row.text(0),
                    .type = *type,
                    .user = *user,
                    .image_id = *image,
                    .at = time_at(row, 4),
                    .version = row.integer(5),
                    .thumbnail_key = row.optional_text(6),
                    .error = row.optional_text(7)};
}

std::int64_t at_most(int limit) {
  return std::int64_t{std::max(limit, 0)};  // negative: no limit
}

std::string first_id_at(UnixTime time) {
  return first_ulid_of(static_cast<std::uint64_t>(std::max<std::int64_t>(to_milliseconds(time), 0)));
}

}  // namespace

Result<void> add_event(Connection& connection, const ImageEvent& event, bool announce) {
  static const std::string sql = "INSERT INTO events (" + std::string(kColumns) +
                                 ", unannounced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";
  const std::optional<std::int64_t> unannounced = announce ? std::optional<std::int64_t>(1) : std::nullopt;
  return run(connection, sql, event.id, event_name(event.type), event.user.text(), event.image_id.text(),
             to_milliseconds(event.at), event.version, event.thumbnail_key, event.error, unannounced);
}

Result<std::vector<ImageEvent>> events_after(Connection& connection, const UserId& user, const std::string& after,
                                             int limit) {
  static const std::string sql =
      "SELECT " + std::string(kColumns) + " FROM events WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(user.text(), after, at_most(limit));
  return read_rows<ImageEvent>(*select, read_event);
}

Result<std::vector<ImageEvent>> unannounced(Connection& connection, int limit) {
  static const std::string sql = "SELECT " + std::string(kColumns) +
                                 " FROM events INDEXED BY events_unannounced WHERE unannounced IS NOT NULL"
                                 " ORDER BY id LIMIT ?";
  auto select = connection.statement(sql);
  if (!select) return fail(select.error());
  select->bind(at_most(limit));
  return read_rows<ImageEvent>(*select, read_event);
}

Result<void> mark_announced(Connection& connection, std::span<const ImageEvent> events) {
  for (const ImageEvent& event : events) {
    if (auto marked = run(connection, "UPDATE events SET unannounced = NULL WHERE id = ?", event.id); !marked) {
      return marked;
    }
  }
  return {};
}

Result<bool> has_events_before(Connection& connection, UnixTime before) {
  auto select = connection.statement("SELECT 1 FROM events WHERE id < ? LIMIT 1");
  if (!select) return fail(select.error());
  select->bind(first_id_at(before));
  return select->step();
}

Result<int> forget_events(Connection& connection, UnixTime before, int limit) {
  const auto forgotten =
      run(connection, "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id < ? ORDER BY id LIMIT ?)",
          first_id_at(before), at_most(limit));
  if (!forgotten) return fail(forgotten.error());
  return sqlite3_changes(connection.handle());
}

}  // namespace tintype::sqlite
