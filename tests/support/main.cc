#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdio>

namespace {

/// Closes a test program with the line that tests/support/tally.py counts by: `N passed, N failed, N skipped`.
struct Tally : doctest::IReporter {
  explicit Tally(const doctest::ContextOptions& /*options*/) {}

  /// Prints the line; cases that a filter left out count as skipped.
  void test_run_end(const doctest::TestRunStats& run) override {
    const unsigned passed = run.numTestCasesPassingFilters - run.numTestCasesFailed;
    const unsigned skipped = run.numTestCases - run.numTestCasesPassingFilters;
    std::printf("%u passed, %u failed, %u skipped\n", passed, run.numTestCasesFailed, skipped);
  }

  void report_query(const doctest::QueryData& /*query*/) override {}
  void test_run_start() override {}
  void test_case_start(const doctest::TestCaseData& /*test*/) override {}
  void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*exception*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*assertion*/) override {}
  void log_message(const doctest::MessageData& /*message*/) override {}
  void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}
};

}  // namespace

REGISTER_LISTENER("tally", 1, Tally);
