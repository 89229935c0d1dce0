#include <algorithm>
#include <array>

#include "base/json_object.h"
#include "main/advise/advice.h"

namespace tintype {
namespace {

constexpr std::size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;

const char* verdict(const Advice& advice) {
  if (!advice.change.empty()) return "turn on now";
  if (advice.on) return "on";
  return advice.triggered ? "off" : "off, not needed";
}

Row row_of(const Advice& advice) {
  return {advice.optimization, advice.trigger, advice.measured,
          verdict(advice),     advice.state,   advice.change.empty() ? "-" : advice.change};
}

}  // namespace

std::string advice_table(const std::vector<Advice>& advice) {
  std::vector<Row> rows = {{"OPTIMIZATION", "TRIGGER", "MEASURED", "VERDICT", "STATE", "CHANGE"}};
  for (const Advice& line : advice) rows.push_back(row_of(line));
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns - 1; ++i) text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back() + '\n';
  }
  const auto changes = std::ranges::count_if(advice, [](const Advice& line) { return !line.change.empty(); });
  const std::string count = changes == 0 ? "Nothing" : std::to_string(changes) + (changes == 1 ? " thing" : " things");
  return text + '\n' + count + " to change, by the last five minutes.\n";
}

std::string advice_json(const std::vector<Advice>& advice) {
  std::string json = "[";
  for (const Advice& line : advice) {
    JsonObject object;
    object.add("optimization", line.optimization);
    object.add("trigger", line.trigger);
    object.add("measured", line.measured);
    object.add("triggered", line.triggered);
    object.add("on", line.on);
    object.add("state", line.state);
    object.add("change", line.change.empty() ? std::optional<std::string>() : line.change);
    if (json.size() > 1) json += ",\n ";
    json += std::move(object).finish();
  }
  return json + "]\n";
}

}  // namespace tintype
