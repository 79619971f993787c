#include "engines/qpdf/worker/fields.hpp"

#include <string_view>

namespace recast::engines::qpdf {

namespace {

/// The top of a field that the form does not list, as broken documents have them.
Object root_of(Object widget) {
  Visited visited;
  for (int depth = 0; depth < kDeepest && visited.first_time(widget); ++depth) {
    auto above = member(widget, "/Parent");
    if (!above.isDictionary()) break;
    widget = above;
  }
  return widget;
}

std::string free_name(const std::string& name, const std::set<std::string>& taken, const std::set<std::string>& own) {
  for (int number = 2;; ++number) {
    auto other = name + "-" + std::to_string(number);
    if (!taken.contains(other) && !own.contains(other)) return other;
  }
}

std::string text_of(Object object) { return object.isString() ? object.getUTF8Value() : std::string(); }

}  // namespace

SourceFields::SourceFields(QPDF& document, const std::vector<std::vector<Object>>& annotations) {
  form_ = member(document.getRoot(), "/AcroForm");
  for (const auto& field : items(member(form_, "/Fields"))) add(document, field, -1, 0);
  for (const auto& page : annotations) {
    for (const auto& annotation : page) {
      const bool field = member(annotation, "/Parent").isDictionary() || member(annotation, "/T").isString();
      if (is_name(member(annotation, "/Subtype"), "/Widget") && field) add(document, root_of(annotation), -1, 0);
    }
  }
}

void SourceFields::add(QPDF& document, Object object, int parent, int depth) {
  if (!object.isDictionary() || depth > kDeepest || !visited_.first_time(object)) return;
  if (!object.isIndirect()) object = document.makeIndirectObject(object);
  if (parent < 0) names_.insert(text_of(member(object, "/T")));
  const auto kids = items(member(object, "/Kids"));
  const auto index = static_cast<int>(nodes_.size());
  nodes_.push_back({object, parent, kids.empty()});
  object.removeKey("/Parent");
  object.removeKey("/Kids");
  for (const auto& kid : kids) add(document, kid, index, depth + 1);
}

/// Puts the wanted leaves of one source into the target, each below copies of what was above it.
class TargetFields::Placing {
 public:
  Placing(TargetFields& fields, const Take& take, std::map<std::string, std::string> fonts)
      : fields_(fields), take_(take), fonts_(std::move(fonts)), before_(fields.names_) {}

  void all() {
    const auto& nodes = take_.fields->nodes();
    for (std::size_t index = 0; index < nodes.size(); ++index) {
      if (nodes[index].leaf && take_.wanted(nodes[index].object)) place(static_cast<int>(index));
    }
  }

  /// Null if it was not placed.
  Object placed(const Object& source) const {
    const auto found = by_source_.find(source.getObjGen());
    return found == by_source_.end() ? Object::newNull() : found->second;
  }

 private:
  Object place(int index) {
    const auto& node = take_.fields->nodes().at(static_cast<std::size_t>(index));
    if (const auto done = by_source_.find(node.object.getObjGen()); done != by_source_.end()) return done->second;
    auto copy = node.leaf ? take_.copy_of(node.object) : copy_of_inner(node.object);
    by_source_.emplace(node.object.getObjGen(), copy);
    if (!copy.isDictionary()) return copy;
    if (auto appearance = member(copy, "/DA"); appearance.isString() && !fonts_.empty())
      copy.replaceKey("/DA", Object::newString(rename_fonts(appearance.getStringValue(), fonts_)));
    if (node.parent < 0) {
      add_root(copy);
      return copy;
    }
    auto above = place(node.parent);
    if (!above.isDictionary()) return copy;
    copy.replaceKey("/Parent", above);
    if (!above.hasKey("/Kids")) above.replaceKey("/Kids", Object::newArray());
    above.getKey("/Kids").appendItem(copy);
    return copy;
  }

  Object copy_of_inner(const Object& source) {
    auto copy = copy_into(fields_.target_, *take_.source, source);
    if (!take_.again || !copy.isDictionary()) return copy;
    copy = fields_.target_.makeIndirectObject(copy.shallowCopy());
    copy.removeKey("/Kids");
    copy.removeKey("/Parent");
    return copy;
  }

  /// Two fields of one document may have one name, and are one field then; of two documents they are not.
  void add_root(Object root) {
    if (const auto name = text_of(member(root, "/T")); !name.empty()) {
      auto& renamed = renamed_[name];
      if (renamed.empty()) renamed = before_.contains(name) ? free_name(name, before_, take_.fields->names()) : name;
      if (renamed != name) root.replaceKey("/T", Object::newUnicodeString(renamed));
      fields_.names_.insert(renamed);
    }
    // The form's own defaults would be those of all documents.
    for (const auto* const key : {"/DA", "/Q"}) {
      auto fallback = member(take_.fields->form(), key);
      if (root.hasKey(key)) continue;
      if (fallback.isString()) root.replaceKey(key, Object::newString(rename_fonts(fallback.getStringValue(), fonts_)));
      if (fallback.isInteger() && fallback.getIntValue() != 0)
        root.replaceKey(key, Object::newInteger(fallback.getIntValue()));
    }
    fields_.roots_.appendItem(root);
  }

  TargetFields& fields_;
  const Take& take_;
  const std::map<std::string, std::string> fonts_;
  const std::set<std::string> before_;  // names of roots of earlier documents
  std::map<std::string, std::string> renamed_;
  std::map<QPDFObjGen, Object> by_source_;
};

std::map<std::string, std::string> TargetFields::take_resources(const Take& take) {
  auto resources = member(take.fields->form(), "/DR");
  if (!resources.isDictionary() || take.again) return {};
  auto copy = copy_into(target_, *take.source, resources);
  if (!copy.isDictionary()) return {};
  copy = copy.shallowCopy();
  copy.makeResourcesIndirect(target_);
  std::map<std::string, std::map<std::string, std::string>> conflicts;
  resources_.mergeResources(copy, &conflicts);
  return conflicts["/Font"];
}

void TargetFields::add(const Take& take) {
  if (take.fields->empty()) return;
  Placing placing(*this, take, take_resources(take));
  placing.all();
  auto form = take.fields->form();
  if (auto flag = member(form, "/NeedAppearances"); flag.isBool() && flag.getBoolValue()) needs_appearances_ = true;
  for (const auto& field : items(member(form, "/CO"))) {
    if (!field.isIndirect()) continue;
    if (auto placed = placing.placed(field); placed.isDictionary()) order_.appendItem(placed);
  }
}

void TargetFields::finish() {
  if (roots_.getArrayNItems() == 0) return;
  auto form = Object::newDictionary();
  form.replaceKey("/Fields", roots_);
  if (!resources_.getKeys().empty()) form.replaceKey("/DR", resources_);
  if (order_.getArrayNItems() > 0) form.replaceKey("/CO", order_);
  if (needs_appearances_) form.replaceKey("/NeedAppearances", Object::newBool(true));
  target_.getRoot().replaceKey("/AcroForm", target_.makeIndirectObject(form));
}

std::string rename_fonts(const std::string& appearance, const std::map<std::string, std::string>& fonts) {
  constexpr std::string_view kEnds = " \t\r\n\f/[]<>()%{}";
  std::string result;
  std::string_view rest = appearance;
  while (!rest.empty()) {
    const auto end = rest.front() == '/' ? std::min(rest.find_first_of(kEnds, 1), rest.size()) : 1;
    const std::string word(rest.substr(0, end));
    const auto found = fonts.find(word);
    result += found == fonts.end() ? word : found->second;
    rest.remove_prefix(end);
  }
  return result;
}

}  // namespace recast::engines::qpdf
