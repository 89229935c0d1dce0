#include "adapters/embedded_database/embedded_database.h"

#include "adapters/embedded_database/schema.h"

namespace tintype::sqlite {

Result<std::unique_ptr<EmbeddedDatabase>> EmbeddedDatabase::open(const std::filesystem::path& file, Options options) {
  auto writer = Connection::open_read_write(file, options.busy_timeout);
  if (!writer) return fail(writer.error());
  if (auto migrated = migrate(**writer); !migrated) return fail(migrated.error());
  // The constructor is private.
  return std::unique_ptr<EmbeddedDatabase>(new EmbeddedDatabase(file, options, std::move(*writer)));
}

EmbeddedDatabase::EmbeddedDatabase(const std::filesystem::path& file, const Options& options,
                                   std::unique_ptr<Connection> writer)
    : busy_timeout_(options.busy_timeout),
      writes_(std::move(writer), options.writes),
      readers_(options.readers, [file] { return Connection::open_read_only(file); }) {}

Result<ConnectionPool<Connection>::Lease> EmbeddedDatabase::borrow_reader(Deadline deadline) {
  const auto too_late = [] {
    return fail(ErrorCode::DeadlineExceeded, "the metadata store took too long; try again later");
  };
  if (deadline.expired()) return too_late();
  auto reader = readers_.borrow(deadline);
  if (!reader && reader.error().code == ErrorCode::Overloaded) return too_late();  // none came free in time
  if (reader) (*reader)->set_busy_timeout(std::min(busy_timeout_, deadline.remaining()));
  return reader;
}

}  // namespace tintype::sqlite
