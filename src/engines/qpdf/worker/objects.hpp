#pragma once

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <vector>

/// libqpdf's objects, read without minding what a damaged file made of them.
namespace recast::engines::qpdf {

using Object = QPDFObjectHandle;

/// Trees of a file may be as deep as its author likes; ours are walked by recursion.
constexpr int kDeepest = 200;

/// A dictionary's value; null for anything else.
inline Object member(Object object, const std::string& key) {
  return object.isDictionary() ? object.getKey(key) : Object::newNull();
}

/// An array's items; none for anything else.
inline std::vector<Object> items(Object object) {
  return object.isArray() ? object.getArrayAsVector() : std::vector<Object>();
}

inline bool is_name(Object object, const std::string& name) { return object.isName() && object.getName() == name; }

/// What was looked at already, for files that lead in circles. Direct objects cannot.
class Visited {
 public:
  bool first_time(const Object& object) { return !object.isIndirect() || seen_.insert(object.getObjGen()).second; }

 private:
  std::set<QPDFObjGen> seen_;
};

/// A copy in `target`, with all it refers to. Pages must have been copied before; a page that was not is null, and so
/// is what a damaged file calls by the number of one.
inline Object copy_into(QPDF& target, QPDF& source, const Object& object) {
  auto copy = target.copyForeignObject(object.isIndirect() ? object : source.makeIndirectObject(object));
  return copy.isInitialized() ? copy : Object::newNull();
}

/// The same of what stands in a dictionary or an array. What is direct becomes a new direct object, which is much less
/// work for libqpdf than one that is indirect for the time of its copying.
inline Object copy_value_into(QPDF& target, QPDF& source, Object value) {
  if (value.isIndirect() || value.isStream()) return copy_into(target, source, value);
  if (value.isArray()) {
    std::vector<Object> copies;
    for (const auto& item : value.getArrayAsVector()) copies.push_back(copy_value_into(target, source, item));
    return Object::newArray(copies);
  }
  if (value.isDictionary()) {
    auto copy = Object::newDictionary();
    for (const auto& [key, item] : value.getDictAsMap()) copy.replaceKey(key, copy_value_into(target, source, item));
    return copy;
  }
  return value.shallowCopy();
}

}  // namespace recast::engines::qpdf
