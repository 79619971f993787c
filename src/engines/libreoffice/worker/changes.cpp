#include "engines/libreoffice/worker/changes.hpp"

#include <com/sun/star/beans/XPropertySet.hpp>
#include <com/sun/star/container/XEnumerationAccess.hpp>
#include <com/sun/star/document/XRedlinesSupplier.hpp>
#include <com/sun/star/frame/XDispatchProvider.hpp>
#include <com/sun/star/frame/XModel.hpp>
#include <com/sun/star/text/XText.hpp>
#include <com/sun/star/util/URLTransformer.hpp>

#include <utility>
#include <vector>

namespace recast::libreoffice {

namespace {

namespace text = com::sun::star::text;
using Range = uno::Reference<text::XTextRange>;
using PropertySet = uno::Reference<beans::XPropertySet>;

void accept_all(const Kit& kit, const Document& document) {
  namespace frame = com::sun::star::frame;
  const uno::Reference<frame::XModel> model(document.component, uno::UNO_QUERY);
  const auto controller = model.is() ? model->getCurrentController() : nullptr;
  const auto window = controller.is() ? controller->getFrame() : nullptr;
  const uno::Reference<frame::XDispatchProvider> provider(window, uno::UNO_QUERY);
  if (!provider.is()) return;
  com::sun::star::util::URL command;
  command.Complete = ".uno:AcceptAllTrackedChanges";
  com::sun::star::util::URLTransformer::create(kit.context())->parseStrict(command);
  const auto dispatch = provider->queryDispatch(command, "", 0);
  if (!dispatch.is()) return;
  // Under LibreOfficeKit a command asks the current view whether it may run, and a hidden document's view is none.
  struct Resume {
    ~Resume() { Kit::set_active(true); }
  };
  if (!Kit::set_active(false)) return;
  const Resume resume;
  dispatch->dispatch(command, sequence({property("SynchronMode", true)}));
}

/// Begin and end of every stretch of text that is still there although it was deleted.
std::vector<std::pair<Range, Range>> deletions(const Document& document) {
  std::vector<std::pair<Range, Range>> found;
  const uno::Reference<com::sun::star::document::XRedlinesSupplier> supplier(document.component, uno::UNO_QUERY);
  const auto redlines = supplier.is() ? supplier->getRedlines() : nullptr;
  const auto each = redlines.is() ? redlines->createEnumeration() : nullptr;
  while (each.is() && each->hasMoreElements()) {
    const PropertySet redline(each->nextElement(), uno::UNO_QUERY);
    rtl::OUString type;
    if (!redline.is() || !(redline->getPropertyValue("RedlineType") >>= type) || type != "Delete") continue;
    found.emplace_back(Range(redline->getPropertyValue("RedlineStart"), uno::UNO_QUERY),
                       Range(redline->getPropertyValue("RedlineEnd"), uno::UNO_QUERY));
  }
  return found;
}

/// A document may forbid all that commands do, but not this.
void remove(const Document& document, const std::vector<std::pair<Range, Range>>& stretches) {
  PropertySet(document.component, uno::UNO_QUERY_THROW)->setPropertyValue("RecordChanges", uno::Any(false));
  for (const auto& [begin, end] : stretches) {
    if (!begin.is() || !end.is()) continue;
    const auto cursor = begin->getText()->createTextCursorByRange(begin);
    cursor->gotoRange(end, true);
    cursor->setString("");
  }
}

}  // namespace

Result<> accept_changes(const Kit& kit, const Document& document) {
  accept_all(kit, document);
  const auto left = deletions(document);
  if (left.empty()) return {};
  try {
    remove(document, left);
  } catch (const uno::Exception&) {
    // What remains is seen below.
  }
  if (deletions(document).empty()) return {};
  return fail(ErrorCode::conversion_failed,
              "The document has tracked deletions that cannot be accepted; include_markup shows them in a PDF.");
}

}  // namespace recast::libreoffice
