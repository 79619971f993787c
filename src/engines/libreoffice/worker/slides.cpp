#include "engines/libreoffice/worker/slides.hpp"

#include <fmt/format.h>
#include <com/sun/star/beans/XPropertySet.hpp>
#include <com/sun/star/container/XEnumerationAccess.hpp>
#include <com/sun/star/drawing/XDrawPagesSupplier.hpp>
#include <com/sun/star/lang/XServiceInfo.hpp>
#include <com/sun/star/text/ControlCharacter.hpp>
#include <com/sun/star/text/XTextDocument.hpp>
#include <com/sun/star/text/XTextRange.hpp>

#include <algorithm>
#include <array>

namespace recast::libreoffice {

namespace {

namespace container = com::sun::star::container;
namespace drawing = com::sun::star::drawing;
namespace lang = com::sun::star::lang;
namespace text = com::sun::star::text;

bool is_hidden(const uno::Reference<drawing::XDrawPage>& page) {
  bool visible = true;
  const uno::Reference<beans::XPropertySet> properties(page, uno::UNO_QUERY);
  if (properties.is() && properties->getPropertySetInfo()->hasPropertyByName("Visible")) {
    properties->getPropertyValue("Visible") >>= visible;
  }
  return !visible;
}

bool is(const uno::Any& shape, std::string_view service) {
  const uno::Reference<lang::XServiceInfo> info(shape, uno::UNO_QUERY);
  return info.is() && info->supportsService(to_uno(service));
}

bool wanted(const format::PageList& pages, int number) {
  return pages.all() || std::ranges::any_of(pages.ranges(), [&](const auto& range) {
           return number >= range.first && (range.last == format::PageList::kOpen || number <= range.last);
         });
}

/// Appends paragraphs to an empty text document.
class Writer {
 public:
  explicit Writer(const uno::Reference<text::XText>& body) : body_(body) {}

  void add(const rtl::OUString& paragraph, std::string_view style, sal_Int32 indent_mm100) {
    const auto end = body_->getEnd();
    if (!empty_) body_->insertControlCharacter(end, text::ControlCharacter::PARAGRAPH_BREAK, false);
    empty_ = false;
    const auto cursor = body_->createTextCursorByRange(body_->getEnd());
    const uno::Reference<beans::XPropertySet> properties(cursor, uno::UNO_QUERY_THROW);
    properties->setPropertyValue("ParaStyleName", uno::Any(to_uno(style)));
    properties->setPropertyValue("ParaLeftMargin", uno::Any(indent_mm100));
    body_->insertString(body_->getEnd(), paragraph, false);
  }

 private:
  uno::Reference<text::XText> body_;
  bool empty_ = true;
};

void add_paragraphs(Writer& writer, const uno::Any& shape) {
  constexpr sal_Int32 kIndent = 750;
  const uno::Reference<container::XEnumerationAccess> paragraphs(shape, uno::UNO_QUERY);
  if (!paragraphs.is()) return;
  const auto all = paragraphs->createEnumeration();
  while (all->hasMoreElements()) {
    const uno::Reference<text::XTextRange> paragraph(all->nextElement(), uno::UNO_QUERY);
    if (!paragraph.is() || paragraph->getString().isEmpty()) continue;
    sal_Int16 level = 0;
    const uno::Reference<beans::XPropertySet> properties(paragraph, uno::UNO_QUERY);
    if (properties.is() && properties->getPropertySetInfo()->hasPropertyByName("NumberingLevel")) {
      properties->getPropertyValue("NumberingLevel") >>= level;
    }
    writer.add(to_uno("\u2022 ") + paragraph->getString(), "Text body", kIndent * (std::max<sal_Int16>(level, 0) + 1));
  }
}

void add_slide(Writer& writer, const uno::Reference<drawing::XDrawPage>& page, int number) {
  rtl::OUString title;
  for (sal_Int32 i = 0; i < page->getCount(); ++i) {
    const auto shape = page->getByIndex(i);
    if (!is(shape, "com.sun.star.presentation.TitleTextShape")) continue;
    const uno::Reference<text::XTextRange> range(shape, uno::UNO_QUERY);
    if (range.is()) title = range->getString().replace('\n', ' ');
    break;
  }
  writer.add(to_uno(fmt::format("{}. ", number)) + title, "Heading 1", 0);
  constexpr std::array kBodies = {"com.sun.star.presentation.SubtitleShape", "com.sun.star.presentation.OutlinerShape"};
  for (sal_Int32 i = 0; i < page->getCount(); ++i) {
    const auto shape = page->getByIndex(i);
    if (std::ranges::any_of(kBodies, [&](const auto* service) { return is(shape, service); }))
      add_paragraphs(writer, shape);
  }
}

}  // namespace

Result<Document> outline_of(const Kit& kit, const Document& slides, const format::PageList& pages, bool hidden) {
  try {
    Document result{.module = Module::writer, .was_protected = slides.was_protected};
    result.component = kit.desktop()->loadComponentFromURL("private:factory/swriter", "_blank", 0,
                                                           sequence({property("Hidden", true)}));
    const uno::Reference<text::XTextDocument> document(result.component, uno::UNO_QUERY_THROW);
    Writer writer(document->getText());
    const auto all =
        uno::Reference<drawing::XDrawPagesSupplier>(slides.component, uno::UNO_QUERY_THROW)->getDrawPages();
    int number = 0;
    int added = 0;
    for (sal_Int32 i = 0; i < all->getCount(); ++i) {
      const uno::Reference<drawing::XDrawPage> page(all->getByIndex(i), uno::UNO_QUERY_THROW);
      if (!hidden && is_hidden(page)) continue;
      if (!wanted(pages, ++number)) continue;
      add_slide(writer, page, number);
      ++added;
    }
    if (added == 0) return fail(ErrorCode::conversion_failed, "There is no such page.");
    return result;
  } catch (const uno::Exception& exception) {
    return fail(ErrorCode::conversion_failed, "The outline could not be made: " + from_uno(exception.Message));
  }
}

}  // namespace recast::libreoffice
