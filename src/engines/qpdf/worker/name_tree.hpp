#pragma once

#include <map>
#include <string>

#include "engines/qpdf/worker/objects.hpp"

namespace recast::engines::qpdf {

/// What a tree of names or numbers leads to. Names are bytes: what refers to them is compared by bytes, too.
using NameTree = std::map<std::string, Object>;
using NumberTree = std::map<long long, Object>;

NameTree read_names(const Object& root);
NumberTree read_numbers(const Object& root);
/// A new tree in `target`.
Object write_names(QPDF& target, const NameTree& tree);
Object write_numbers(QPDF& target, const NumberTree& tree);

}  // namespace recast::engines::qpdf
