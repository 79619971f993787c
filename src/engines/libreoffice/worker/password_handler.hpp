#pragma once

#include <com/sun/star/task/XInteractionHandler2.hpp>
#include <cppuhelper/implbase1.hxx>
#include <rtl/ref.hxx>

#include <string>

#include "engines/libreoffice/worker/uno.hpp"

namespace recast::libreoffice {

/// Answers what LibreOffice asks while it loads: a password is given once, warnings are waved through, repairs and all
/// else are declined. Remembers whether a password was asked for.
class PasswordHandler final : public cppu::WeakImplHelper1<com::sun::star::task::XInteractionHandler2> {
 public:
  explicit PasswordHandler(std::string password) : password_(std::move(password)) {}

  void SAL_CALL handle(const uno::Reference<com::sun::star::task::XInteractionRequest>& request) override;
  sal_Bool SAL_CALL
  handleInteractionRequest(const uno::Reference<com::sun::star::task::XInteractionRequest>& request) override {
    handle(request);
    return true;
  }

  bool asked() const { return asked_; }

 private:
  std::string password_;
  bool asked_ = false;
  bool given_ = false;
};

}  // namespace recast::libreoffice
