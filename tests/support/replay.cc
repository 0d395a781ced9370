/// The main of a fuzz target in an ordinary build: plays each file of the committed corpus once.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

/// The fuzz target that this program is linked with; libFuzzer's name for it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size);

namespace {

/// Returns the files of `folder` in the order of their names.
std::vector<std::filesystem::path> FilesOf(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Hands the octets of one file to the target; a fault ends the process, and so the test.
void Play(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(stream), {}};
  const std::vector<uint8_t> octets(text.begin(), text.end());
  LLVMFuzzerTestOneInput(octets.data(), octets.size());
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto files = FilesOf(arguments[1]);
  for (const auto& file : files) Play(file);
  std::printf("%zu passed, %d failed, 0 skipped\n", files.size(), files.empty() ? 1 : 0);
  return files.empty() ? 1 : 0;
}
