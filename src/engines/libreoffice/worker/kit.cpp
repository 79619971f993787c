#include "engines/libreoffice/worker/kit.hpp"

#include <LibreOfficeKit/LibreOfficeKit.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>
#include <com/sun/star/container/XNameReplace.hpp>
#include <com/sun/star/frame/Desktop.hpp>
#include <com/sun/star/lang/XMultiServiceFactory.hpp>
#include <com/sun/star/util/XChangesBatch.hpp>
#include <com/sun/star/util/XFlushable.hpp>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/text.hpp"

namespace recast::libreoffice {

namespace {

namespace json = boost::json;

// Symbols that LibreOfficeKit has no function for.
constexpr const char* kGetContext = "_ZN10comphelper26getProcessComponentContextEv";
constexpr const char* kSetTemporary = "_ZN3utl8TempFile24SetTempNameBaseDirectoryERKN3rtl8OUStringE";
constexpr const char* kSetActive = "_ZN10comphelper14LibreOfficeKit9setActiveEb";

void* library = nullptr;
LibreOfficeKit* kit = nullptr;

std::string file_url(const fs::path& path) { return "file://" + path.string(); }

/// Documents can expand environment variables, so there are none but these. No threads of its own, no printers, no GPU.
void set_environment() {
  const auto kept = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value != nullptr ? value : "/tmp");
  };
  const auto home = kept("HOME");
  const auto temporary = kept("TMPDIR");
  ::clearenv();
  constexpr std::array<std::pair<const char*, const char*>, 9> kValues = {{
      {"SAL_LOK_OPTIONS", "unipoll"},
      {"SAL_USE_VCLPLUGIN", "svp"},
      {"SAL_DISABLE_PRINTERLIST", "1"},
      {"SAL_DISABLE_OPENCL", "true"},
      {"SC_IMPORT_THREADS", "0"},
      {"SAX_DISABLE_THREADS", "1"},
      {"MAX_CONCURRENCY", "1"},
      {"LC_ALL", "C.UTF-8"},
      {"PATH", "/usr/bin"},
  }};
  for (const auto& [name, value] : kValues) ::setenv(name, value, 1);
  ::setenv("TMPDIR", temporary.c_str(), 1);
  ::setenv("HOME", home.c_str(), 1);
}

std::string setting(std::string_view path, std::string_view name, std::string_view value) {
  return fmt::format(
      R"(<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>)", path,
      name, escape_markup(value));
}

/// The profile holds nothing but our choices: no macros, no links, no history, no recovery.
Result<> write_profile(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / "user", error);
  if (error) return fail(ErrorCode::internal, fmt::format("cannot create {}: {}", folder.string(), error.message()));
  std::ofstream file(folder / "user" / "registrymodifications.xcu");
  file
      << R"(<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
      << setting("Office.Common/Security/Scripting", "MacroSecurityLevel", "3")
      << setting("Office.Common/Security/Scripting", "DisableMacrosExecution", "true")
      << setting("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true")
      << setting("Office.Common/Save/Document", "AutoSave", "false")
      << setting("Office.Common/Save/Document", "WarnAlienFormat", "false")
      << setting("Office.Common/Misc", "FirstRun", "false") << setting("Office.Common/History", "PickListSize", "0")
      << setting("Office.Common/Misc", "UseOpenCL", "false") << setting("Office.Recovery/AutoSave", "Enabled", "false")
      << setting("Office.Writer/Content/Update", "Link", "0") << setting("Office.Calc/Content/Update", "Link", "2")
      << setting("Setup/Office", "ooSetupInstCompleted", "true") << "</oor:items>\n";
  file.close();
  if (!file) return fail(ErrorCode::internal, fmt::format("cannot write to {}", folder.string()));
  return {};
}

Result<> load(const Kit::Settings& settings, const fs::path& profile) {
  const auto program = settings.install / "program";
  const auto path = program / "libmergedlo.so";
  library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr)
    return fail(ErrorCode::internal, fmt::format("LibreOffice cannot be loaded: {}", ::dlerror()));
  using Hook = LibreOfficeKit* (*)(const char*, const char*);
  const auto hook = reinterpret_cast<Hook>(::dlsym(library, "libreofficekit_hook_2"));
  if (hook == nullptr || ::dlsym(library, kGetContext) == nullptr) {
    return fail(ErrorCode::internal, fmt::format("{} has no LibreOfficeKit", path.string()));
  }
  kit = hook(program.c_str(), file_url(profile).c_str());
  if (kit == nullptr) return fail(ErrorCode::internal, "LibreOfficeKit did not start");
  return {};
}

/// LibreOfficeKit puts the locale of the profile back to en-US when it starts, so it is set again afterwards. It
/// decides the paper of files that name none, and how numbers and dates are read and written.
void set_locale(const uno::Reference<uno::XComponentContext>& context, const std::string& locale) {
  namespace lang = com::sun::star::lang;
  const uno::Reference<lang::XMultiServiceFactory> provider(
      context->getServiceManager()->createInstanceWithContext("com.sun.star.configuration.ConfigurationProvider",
                                                              context),
      uno::UNO_QUERY_THROW);
  const uno::Any path(property("nodepath", rtl::OUString("/org.openoffice.Setup/L10N")));
  const uno::Sequence<uno::Any> arguments(&path, 1);
  const uno::Reference<com::sun::star::container::XNameReplace> settings(
      provider->createInstanceWithArguments("com.sun.star.configuration.ConfigurationUpdateAccess", arguments),
      uno::UNO_QUERY_THROW);
  settings->replaceByName("ooSetupSystemLocale", uno::Any(to_uno(locale)));
  uno::Reference<com::sun::star::util::XChangesBatch>(settings, uno::UNO_QUERY_THROW)->commitChanges();
}

}  // namespace

/// What the callbacks of the main loop get.
struct KitLoop {
  const std::function<Result<>(Kit&)>* work = nullptr;
  fs::path profile;
  std::string locale;
  bool entered = false;
  Error problem{ErrorCode::internal, "LibreOffice's main loop ended", ""};

  /// LibreOffice's main loop calls this when it has nothing to do, and again from inside an import: then it must wait a
  /// little and return 0, as -1 deadlocks.
  static int poll(void* data, int microseconds) {
    auto& loop = *static_cast<KitLoop*>(data);
    if (loop.entered) {
      ::usleep(microseconds > 0 && microseconds < 1000 ? static_cast<useconds_t>(microseconds) : 1000);
      return 0;
    }
    loop.entered = true;
    // Made 0700 by LibreOffice; a child of another uid crashes if it cannot read it.
    ::chmod(loop.profile.c_str(), 0755);
    ::chmod((loop.profile / "user").c_str(), 0755);
    using GetContext = uno::Reference<uno::XComponentContext> (*)();
    Kit session;
    session.context_ = reinterpret_cast<GetContext>(::dlsym(library, kGetContext))();
    set_locale(session.context_, loop.locale);
    session.desktop_ = com::sun::star::frame::Desktop::create(session.context_);
    if (auto done = (*loop.work)(session); !done) {
      loop.problem = std::move(done).error();
      return -1;  // ends the loop
    }
    // Nothing of LibreOffice is taken down: that takes long, and its threads and statics are not made for it.
    ::_exit(0);
  }
  static void wake(void* /*data*/) {}
};

Error Kit::run(const Settings& settings, const std::function<Result<>(Kit&)>& work) {
  set_environment();
  const auto profile = settings.scratch / "profile";
  if (auto written = write_profile(profile); !written) return std::move(written).error();
  if (auto loaded = load(settings, profile); !loaded) return std::move(loaded).error();
  KitLoop loop{&work, profile, settings.locale};
  // The data pointer must not be null, or the callback never comes.
  kit->pClass->runLoop(kit, &KitLoop::poll, &KitLoop::wake, &loop);
  return loop.problem;
}

std::string Kit::version() const {
  char* const text = kit->pClass->getVersionInfo(kit);
  if (text == nullptr) return "unknown";
  boost::system::error_code error;
  const auto info = json::parse(text, error);
  std::free(text);
  if (error || !info.is_object()) return "unknown";
  std::string result;
  for (const auto* const member : {"ProductVersion", "ProductExtension"}) {
    if (const auto* part = info.as_object().if_contains(member); part != nullptr && part->is_string()) {
      result += std::string_view(part->get_string());
    }
  }
  return result.empty() ? "unknown" : result;
}

void Kit::settle() const {
  const uno::Reference<com::sun::star::util::XFlushable> settings(
      context_->getServiceManager()->createInstanceWithContext("com.sun.star.configuration.DefaultProvider", context_),
      uno::UNO_QUERY);
  if (settings.is()) settings->flush();
}

bool Kit::set_active(bool active) {
  using Set = void (*)(bool);
  const auto set = reinterpret_cast<Set>(::dlsym(library, kSetActive));
  if (set != nullptr) set(active);
  return set != nullptr;
}

void Kit::set_temporary_folder(const fs::path& folder) {
  ::setenv("TMPDIR", folder.c_str(), 1);
  using Set = rtl::OUString (*)(const rtl::OUString&);
  if (const auto set = reinterpret_cast<Set>(::dlsym(library, kSetTemporary)); set != nullptr)
    set(to_uno(file_url(folder)));
}

}  // namespace recast::libreoffice
