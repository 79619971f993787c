#include "storage/xml.hpp"

#include <expat.h>

#include <algorithm>
#include <memory>

namespace recast::storage {

namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostElements = 100'000;
constexpr std::size_t kLongest = 64 << 20;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

/// What the handlers build. `open` holds the path to the current element; parents do not move while a child is open,
/// because a child joins its parent only at its end.
struct Building {
  XML_Parser parser = nullptr;
  std::vector<Element> open;
  Element root;
  std::size_t count = 0;

  void stop() { XML_StopParser(parser, XML_FALSE); }
};

std::string local_name(const char* name) {
  const std::string_view whole(name);
  const auto colon = whole.rfind(':');
  return std::string(colon == std::string_view::npos ? whole : whole.substr(colon + 1));
}

void on_start(void* user, const char* name, const char** attributes) {
  auto& building = *static_cast<Building*>(user);
  if (building.open.size() >= kDeepest || ++building.count > kMostElements) return building.stop();
  Element element{.name = local_name(name), .attributes = {}, .text = {}, .children = {}};
  for (; *attributes != nullptr; attributes += 2) {
    element.attributes.emplace_back(local_name(attributes[0]), attributes[1]);
  }
  building.open.push_back(std::move(element));
}

void on_end(void* user, const char*) {
  auto& building = *static_cast<Building*>(user);
  if (building.open.empty()) return;
  auto element = std::move(building.open.back());
  building.open.pop_back();
  (building.open.empty() ? building.root : building.open.back().children.emplace_back()) = std::move(element);
}

void on_text(void* user, const char* text, int size) {
  auto& building = *static_cast<Building*>(user);
  if (!building.open.empty()) building.open.back().text.append(text, static_cast<std::size_t>(size));
}

/// No store needs entities of its own; who sends them means harm.
void on_document_type(void* user, const char*, const char*, const char*, int) { static_cast<Building*>(user)->stop(); }

}  // namespace

const Element* Element::find(std::string_view child) const {
  const auto found = std::ranges::find(children, child, &Element::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view Element::text_of(std::string_view child) const {
  const auto* const found = find(child);
  return found == nullptr ? std::string_view() : found->text;
}

Result<Element> parse_xml(std::string_view text) {
  const auto unreadable = [] { return fail(ErrorCode::unavailable, "the answer cannot be read"); };
  // White space may precede the declaration where a store kept a connection alive with it.
  if (const auto begin = text.find_first_not_of(" \t\r\n"); begin != std::string_view::npos) text.remove_prefix(begin);
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> parser(XML_ParserCreate(nullptr));
  if (!parser || text.size() > kLongest) return unreadable();
  Building building{.parser = parser.get(), .open = {}, .root = {}};
  XML_SetUserData(parser.get(), &building);
  XML_SetElementHandler(parser.get(), &on_start, &on_end);
  XML_SetCharacterDataHandler(parser.get(), &on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), &on_document_type);
  if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE) != XML_STATUS_OK) {
    return unreadable();
  }
  return std::move(building.root);
}

}  // namespace recast::storage
