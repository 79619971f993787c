#include "table.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/text.hpp"

namespace recast::api_test {

namespace {

/// {word} of lower-case letters and underscores: JSON has braces, too.
void find_places(const std::string& text, std::vector<std::string>& places) {
  for (auto at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1);
    if (end == std::string::npos || end == at + 1 || text[end] != '}') continue;
    places.push_back(text.substr(at + 1, end - at - 1));
  }
}

}  // namespace

bool Endpoint::has(const std::string& place) const {
  const auto all = places();
  return std::ranges::find(all, place) != all.end();
}

std::vector<std::string> Endpoint::places() const {
  std::vector<std::string> places;
  find_places(target, places);
  find_places(body, places);
  return places;
}

bool Endpoint::names_in_path() const {
  std::vector<std::string> places;
  find_places(target.substr(0, target.find('?')), places);
  return !places.empty();
}

std::vector<Endpoint> read_endpoints(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file);
  std::vector<Endpoint> rows;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (trim(line).empty() || line.starts_with('#')) continue;
    Endpoint row;
    std::istringstream words(line);
    words >> row.scope >> row.status >> row.method >> row.target;
    std::getline(words, row.body);
    row.body = trim(row.body);
    if (!row.target.starts_with('/') && !row.target.starts_with('{'))
      throw std::runtime_error(file + ":" + std::to_string(number) + ": is no row");
    row.line = std::to_string(number) + ": " + row.method + " " + row.target;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace recast::api_test
