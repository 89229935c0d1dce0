#include "main/doctor/report.h"

#include <algorithm>
#include <string_view>

#include "base/json_object.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::string_view kArea = "AREA";
constexpr std::string_view kCheck = "CHECK";
constexpr std::size_t kStateWidth = std::string_view("not checked").size();

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text + "  ";
}

// A message from elsewhere must not break the table, or reach the terminal as a command (ECMA-48).
std::string in_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

DiagnosisTable::DiagnosisTable(const std::vector<CheckArea>& areas)
    : area_width_(kArea.size()), check_width_(kCheck.size()) {
  for (const CheckArea& area : areas) {
    area_width_ = std::max(area_width_, area.name.size());
    for (const Check& check : area.checks) check_width_ = std::max(check_width_, check.name.size());
  }
}

std::string DiagnosisTable::row(const std::string& area, const std::string& check, const std::string& state,
                                const std::string& detail) const {
  std::string text = padded(area, area_width_) + padded(check, check_width_) + padded(state, kStateWidth) + detail;
  return in_one_line(std::move(text)) + '\n';
}

std::string DiagnosisTable::heading() const {
  return row(std::string(kArea), std::string(kCheck), "STATE", "DETAIL");
}

std::string DiagnosisTable::line(const CheckReport& report) const {
  return row(report.area, report.check, state_name(report.outcome.state), report.outcome.detail);
}

std::string DiagnosisTable::advice(const DiagnosisReport& report) const {
  std::string text;
  for (const CheckReport& check : report.checks) {
    if (check.outcome.advice.empty()) continue;
    if (text.empty()) text = "\nWhat to do:\n";
    text += in_one_line("  " + check.area + '/' + check.check + ": " + check.outcome.advice) + '\n';
  }
  text += '\n';
  std::string counts;
  for (const CheckState state : {CheckState::Ok, CheckState::Warning, CheckState::Failed, CheckState::NotChecked}) {
    if (!counts.empty()) counts += ", ";
    counts += std::to_string(report.count(state)) + ' ' + state_name(state);
  }
  return text + counts + '\n';
}

std::string as_json(const DiagnosisReport& report) {
  std::string json = "[";
  for (const CheckReport& check : report.checks) {
    JsonObject object;
    object.add("area", check.area);
    object.add("check", check.check);
    object.add("state", state_name(check.outcome.state));
    object.add("detail", check.outcome.detail);
    object.add("advice", check.outcome.advice);
    object.add("milliseconds", std::int64_t{check.took.count()});
    if (json.size() > 1) json += ",\n ";
    json += std::move(object).finish();
  }
  return json + "]\n";
}

}  // namespace tintype
