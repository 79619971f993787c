#include "engines/libreoffice/worker/password_handler.hpp"

#include <com/sun/star/document/XInteractionFilterOptions.hpp>
#include <com/sun/star/task/ErrorCodeRequest.hpp>
#include <com/sun/star/task/XInteractionAbort.hpp>
#include <com/sun/star/task/XInteractionApprove.hpp>
#include <com/sun/star/task/XInteractionDisapprove.hpp>
#include <com/sun/star/task/XInteractionPassword.hpp>

namespace recast::libreoffice {

namespace {

namespace task = com::sun::star::task;
using Continuations = uno::Sequence<uno::Reference<task::XInteractionContinuation>>;

template <class T>
uno::Reference<T> find(const Continuations& continuations) {
  for (const auto& one : continuations) {
    if (uno::Reference<T> found(one, uno::UNO_QUERY); found.is()) return found;
  }
  return {};
}

/// "Rows were dropped" and the like; a real error has not got this bit.
bool is_warning(const uno::Any& request) {
  constexpr sal_uInt32 kWarning = 0x80000000U;
  task::ErrorCodeRequest code;
  return (request >>= code) && (static_cast<sal_uInt32>(code.ErrCode) & kWarning) != 0;
}

}  // namespace

void SAL_CALL PasswordHandler::handle(const uno::Reference<task::XInteractionRequest>& request) {
  const auto continuations = request->getContinuations();
  if (const auto password = find<task::XInteractionPassword>(continuations); password.is()) {
    asked_ = true;
    if (!password_.empty() && !given_) {
      given_ = true;
      password->setPassword(to_uno(password_));
      password->select();
      return;
    }
  } else if (is_warning(request->getRequest())) {
    if (const auto approve = find<task::XInteractionApprove>(continuations); approve.is()) return approve->select();
  }
  // Text filters ask although they have been told: nothing is changed.
  if (const auto options = find<com::sun::star::document::XInteractionFilterOptions>(continuations); options.is()) {
    return options->select();
  }
  if (const auto abort = find<task::XInteractionAbort>(continuations); abort.is()) return abort->select();
  if (const auto refuse = find<task::XInteractionDisapprove>(continuations); refuse.is()) refuse->select();
}

}  // namespace recast::libreoffice
