#include "apt/deb_file.hpp"

#include <apt-pkg/debfile.h>
#include <apt-pkg/dirstream.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/hashes.h>
#include <apt-pkg/tagfile.h>

#include <algorithm>

#include "apt/messages.hpp"

namespace kerneltour::apt {
namespace {

void open_to_read(FileFd& file, const std::string& path) {
  take_messages();
  if (!file.Open(path, FileFd::ReadOnly)) fail("cannot read " + path);
}

/// "/boot/config" of "./boot/config" and "boot/config"
std::string absolute(std::string_view name) {
  if (name.starts_with("./")) name.remove_prefix(2);
  while (name.starts_with('/')) name.remove_prefix(1);
  return "/" + std::string(name);
}

/// Keeps what is wanted of an archive's files, and has the reading end when that is all there.
class Keeper : public pkgDirStream {
 public:
  Keeper(std::size_t files, const BytesWanted& wanted) : files_(files), wanted_(wanted) {}

  bool DoItem(Item& item, int& file) override {
    file = to_be_skipped;
    if (item.Type != Item::File) return true;
    const auto path = absolute(item.Name);
    left_ = std::min<std::uint64_t>(wanted_(path), item.Size);
    if (left_ == 0) return true;
    current_ = &found_[path];
    file = to_be_processed;
    return true;
  }

  bool Process(Item&, const unsigned char* data, unsigned long long size, unsigned long long) override {
    const auto count = std::min<std::uint64_t>(size, left_);
    current_->append(reinterpret_cast<const char*>(data), count);
    left_ -= count;
    return !(left_ == 0 && is_complete());
  }

  bool is_complete() const { return left_ == 0 && found_.size() == files_; }
  std::map<std::string, std::string>& found() { return found_; }

 private:
  static constexpr int to_be_skipped = -1;    // apt-pkg/contrib/extracttar.cc: ExtractTar::Go
  static constexpr int to_be_processed = -2;  // goes to Process()

  std::size_t files_;
  const BytesWanted& wanted_;
  std::map<std::string, std::string> found_;
  std::string* current_ = nullptr;
  std::uint64_t left_ = 0;
};

}  // namespace

std::string deb_control(const std::string& path) {
  FileFd file;
  open_to_read(file, path);
  debDebFile deb(file);
  debDebFile::MemControlExtract control("control");
  if (_error->PendingError() || !control.Read(deb) || !control.Control) fail(path + " is no Debian package");
  std::string text(control.Control, control.Length);
  text.erase(std::find(text.begin(), text.end(), '\0'), text.end());
  take_messages();
  return text;
}

DebFields parse_deb_control(const std::string& control) {
  pkgTagSection section;
  const auto text = control + "\n\n";
  if (!section.Scan(text.data(), text.size())) {
    take_messages();
    throw Error("the package's control file cannot be read");
  }
  const auto field = [&](const char* name) {
    auto value = section.FindS(name);
    if (value.empty()) throw Error(std::string("the package's control file has no field ") + name);
    return value;
  };
  return {field("Package"), field("Version"), field("Architecture")};
}

std::map<std::string, std::string> deb_files(const std::string& path, std::size_t files,
                                             const BytesWanted& wanted) {
  FileFd file;
  open_to_read(file, path);
  debDebFile deb(file);
  if (_error->PendingError()) fail(path + " is no Debian package");
  Keeper keeper(files, wanted);
  // Where all is there before the end, reading ends with an error that is none.
  if (!deb.ExtractArchive(keeper) && !keeper.is_complete()) fail("cannot read " + path + " to its end");
  take_messages();
  return std::move(keeper.found());
}

std::string sha256_of(const std::string& path) {
  FileFd file;
  open_to_read(file, path);
  Hashes hashes(Hashes::SHA256SUM);
  if (!hashes.AddFD(file)) fail("cannot read " + path);
  return hashes.GetHashString(Hashes::SHA256SUM).HashValue();
}

}  // namespace kerneltour::apt
