#include "engines/qpdf/worker/name_tree.hpp"

namespace recast::engines::qpdf {

namespace {

constexpr std::size_t kLeaf = 64;  // entries of one node

template <class Take>
void walk(Object node, const char* list, const Take& take, Visited& visited, int depth) {
  if (!node.isDictionary() || depth > kDeepest || !visited.first_time(node)) return;
  const auto pairs = items(member(node, list));
  for (std::size_t at = 0; at + 1 < pairs.size(); at += 2) take(pairs[at], pairs[at + 1]);
  for (const auto& kid : items(member(node, "/Kids"))) walk(kid, list, take, visited, depth + 1);
}

template <class Tree, class Key>
Object write(QPDF& target, const char* list, const Tree& tree, const Key& key_of) {
  auto kids = Object::newArray();
  for (auto at = tree.begin(); at != tree.end();) {
    auto pairs = Object::newArray();
    const auto first = at;
    auto last = at;
    for (std::size_t count = 0; count < kLeaf && at != tree.end(); ++count, ++at) {
      pairs.appendItem(key_of(at->first));
      pairs.appendItem(at->second);
      last = at;
    }
    auto leaf = Object::newDictionary();
    leaf.replaceKey(list, pairs);
    leaf.replaceKey("/Limits", Object::newArray({key_of(first->first), key_of(last->first)}));
    kids.appendItem(target.makeIndirectObject(leaf));
  }
  auto root = Object::newDictionary();
  root.replaceKey("/Kids", kids);
  return target.makeIndirectObject(root);
}

}  // namespace

NameTree read_names(const Object& root) {
  NameTree tree;
  Visited visited;
  const auto take = [&](Object name, const Object& value) {
    if (name.isString()) tree.emplace(name.getStringValue(), value);
  };
  walk(root, "/Names", take, visited, 0);
  return tree;
}

NumberTree read_numbers(const Object& root) {
  NumberTree tree;
  Visited visited;
  const auto take = [&](Object number, const Object& value) {
    if (number.isInteger()) tree.emplace(number.getIntValue(), value);
  };
  walk(root, "/Nums", take, visited, 0);
  return tree;
}

Object write_names(QPDF& target, const NameTree& tree) {
  return write(target, "/Names", tree, [](const std::string& name) { return Object::newString(name); });
}

Object write_numbers(QPDF& target, const NumberTree& tree) {
  return write(target, "/Nums", tree, [](long long number) { return Object::newInteger(number); });
}

}  // namespace recast::engines::qpdf
