#include "engines/qpdf/worker/names.hpp"

#include "engines/qpdf/worker/renaming.hpp"

namespace recast::engines::qpdf {

namespace {

std::string free_name(const std::string& name, const NameTree& taken, const NameTree& own) {
  for (int number = 2;; ++number) {
    auto other = name + "-" + std::to_string(number);
    if (!taken.contains(other) && !own.contains(other)) return other;
  }
}

/// Moves what is taken to new names; old name to new name.
std::map<std::string, std::string> make_free(NameTree& own, const NameTree& taken) {
  std::map<std::string, std::string> changed;
  for (const auto& [name, value] : own) {
    if (taken.contains(name)) changed.emplace(name, free_name(name, taken, own));
  }
  for (const auto& [name, other] : changed) {
    auto entry = own.extract(name);
    entry.key() = other;
    own.insert(std::move(entry));
  }
  return changed;
}

}  // namespace

void Names::make_unique(const Source& source) {
  auto& [strings, names] = sources_[&source];
  strings = read_names(member(member(source.root(), "/Names"), "/Dests"));
  auto old = member(source.root(), "/Dests");
  if (old.isDictionary()) {
    for (const auto& key : old.getKeys()) names.emplace(key, old.getKey(key));
  }
  NewNames changed;
  changed.strings = make_free(strings, strings_);
  changed.names = make_free(names, names_);
  rename_destinations(source, changed);
}

void Names::add_destinations(const Source& source) {
  const auto found = sources_.find(&source);
  if (found == sources_.end()) return;
  const auto take = [&](const NameTree& from, NameTree& into) {
    for (const auto& [name, value] : from) {
      auto copy = copy_into(target_, source.document(), value);
      if (is_page(copy)) into.emplace(name, copy);
    }
  };
  take(found->second.first, strings_);
  take(found->second.second, names_);
  sources_.erase(found);
}

void Names::add_attachments_and_scripts(const Source& source) {
  const auto take = [&](const char* kind, NameTree& into) {
    auto own = read_names(member(member(source.root(), "/Names"), kind));
    make_free(own, into);
    for (const auto& [name, value] : own) into.emplace(name, copy_into(target_, source.document(), value));
  };
  take("/EmbeddedFiles", attachments_);
  take("/JavaScript", scripts_);
}

bool Names::is_page(Object destination) {
  if (destination.isDictionary()) destination = member(destination, "/D");
  const auto parts = items(destination);
  return !parts.empty() && Object(parts.front()).isDictionary();
}

bool Names::is_dead(const Object& holder) const {
  auto destination = member(holder, "/Dest");
  auto action = member(holder, "/A");
  if (destination.isNull() && is_name(member(action, "/S"), "/GoTo")) destination = member(action, "/D");
  if (destination.isString()) return !strings_.contains(destination.getStringValue());
  if (destination.isName()) return !names_.contains(destination.getName());
  return !destination.isNull() && !is_page(destination);
}

void Names::finish() {
  auto all = Object::newDictionary();
  if (!strings_.empty()) all.replaceKey("/Dests", write_names(target_, strings_));
  if (!attachments_.empty()) all.replaceKey("/EmbeddedFiles", write_names(target_, attachments_));
  if (!scripts_.empty()) all.replaceKey("/JavaScript", write_names(target_, scripts_));
  if (!all.getKeys().empty()) target_.getRoot().replaceKey("/Names", target_.makeIndirectObject(all));
  if (names_.empty()) return;
  auto old = Object::newDictionary();
  for (const auto& [name, value] : names_) old.replaceKey(name, value);
  target_.getRoot().replaceKey("/Dests", target_.makeIndirectObject(old));
}

}  // namespace recast::engines::qpdf
