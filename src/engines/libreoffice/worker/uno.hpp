#pragma once

#include <com/sun/star/beans/PropertyValue.hpp>
#include <com/sun/star/uno/Reference.hxx>
#include <com/sun/star/uno/Sequence.hxx>
#include <rtl/ustring.hxx>

#include <string>
#include <string_view>
#include <vector>

/// Small words for LibreOffice's component model (UNO).
namespace recast::libreoffice {

namespace uno = com::sun::star::uno;
namespace beans = com::sun::star::beans;

inline rtl::OUString to_uno(std::string_view text) {
  return {text.data(), static_cast<sal_Int32>(text.size()), RTL_TEXTENCODING_UTF8};
}

inline std::string from_uno(const rtl::OUString& text) {
  const auto bytes = rtl::OUStringToOString(text, RTL_TEXTENCODING_UTF8);
  return {bytes.getStr(), static_cast<std::size_t>(bytes.getLength())};
}

using Properties = std::vector<beans::PropertyValue>;

template <class T>
beans::PropertyValue property(std::string_view name, const T& value) {
  beans::PropertyValue result;
  result.Name = to_uno(name);
  result.Value <<= value;
  return result;
}

inline uno::Sequence<beans::PropertyValue> sequence(const Properties& properties) {
  return {properties.data(), static_cast<sal_Int32>(properties.size())};
}

}  // namespace recast::libreoffice
