#pragma once

#include <com/sun/star/frame/XDesktop2.hpp>
#include <com/sun/star/uno/XComponentContext.hpp>

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "engines/libreoffice/worker/uno.hpp"

namespace recast::libreoffice {

namespace fs = std::filesystem;

/// LibreOffice, loaded into this process through LibreOfficeKit. It owns the process from then on: the work is done
/// inside its main loop, and the process ends with _exit().
class Kit {
 public:
  struct Settings {
    fs::path install;    ///< holds program/libmergedlo.so
    std::string locale;  ///< such as "en-GB"; decides the paper size of files that name none
    fs::path scratch;    ///< writable, for the profile; children must be able to read it
  };

  /// Loads LibreOffice with an empty profile and calls `work` from its main loop. If that succeeds, ends the process
  /// with status 0; returns only what went wrong. Temporary files lie in $TMPDIR.
  static Error run(const Settings& settings, const std::function<Result<>(Kit&)>& work);

  const uno::Reference<uno::XComponentContext>& context() const { return context_; }
  const uno::Reference<com::sun::star::frame::XDesktop2>& desktop() const { return desktop_; }
  /// What it calls itself, such as "7.4.7.2".
  std::string version() const;
  /// Before a fork: a thread that writes changed settings to the profile a second later is brought to its end, else a
  /// child may find its mutex locked for ever.
  void settle() const;
  /// Whether LibreOffice believes to be used through LibreOfficeKit, which changes what commands and views do. False if
  /// this LibreOffice cannot be told.
  static bool set_active(bool active);
  /// Temporary files go here from now on. LibreOffice remembers where $TMPDIR pointed when it started.
  static void set_temporary_folder(const fs::path& folder);

 private:
  friend struct KitLoop;
  uno::Reference<uno::XComponentContext> context_;
  uno::Reference<com::sun::star::frame::XDesktop2> desktop_;
};

}  // namespace recast::libreoffice
