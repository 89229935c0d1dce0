#include "main/doctor_command.h"

#include <unistd.h>

#include <cstdio>

#include "main/doctor/composition.h"
#include "main/doctor/report.h"
#include "main/process_setup.h"

namespace tintype {
namespace {

constexpr int kExitFailed = 2;

bool signal_has_come() {
  return wait_for_signal(std::chrono::milliseconds(0));
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

DiagnosisReport diagnose_in_table(const std::vector<CheckArea>& areas) {
  const DiagnosisTable table(areas);
  print(table.heading());
  DiagnosisReport report =
      diagnose(areas, {}, [&](const CheckReport& checked) { print(table.line(checked)); }, signal_has_come);
  print(table.advice(report));
  return report;
}

DiagnosisReport diagnose_as_json(const std::vector<CheckArea>& areas) {
  DiagnosisReport report = diagnose(areas, {}, [](const CheckReport&) {}, signal_has_come);
  print(as_json(report));
  return report;
}

int exit_code_of(const DiagnosisReport& report) {
  if (report.interrupted) return 1;
  return report.count(CheckState::Failed) > 0 ? kExitFailed : 0;
}

}  // namespace

int run_doctor_command(const config::Settings& settings, const DoctorCommandOptions& options) {
  const auto installation = Installation::of(settings);
  if (!installation) {
    std::fprintf(stderr, "tintype: %s\n", installation.error().public_message.c_str());
    return 1;
  }
  const auto areas = (*installation)->checks();
  const DiagnosisReport report = options.json ? diagnose_as_json(areas) : diagnose_in_table(areas);
  const int code = exit_code_of(report);
  if (report.hangs) ::_exit(code);  // its thread uses what a clean return would destroy
  return code;
}

}  // namespace tintype
