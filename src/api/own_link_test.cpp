#include "api/own_link.hpp"

#include <gtest/gtest.h>

#include "../../tests/support/temporary_folder.hpp"
#include "base/random.hpp"
#include "store/store.hpp"

namespace recast::api {
namespace {

/// A store with one file, and links to it.
constexpr const char* kNotValid = "Download failed: the link to this server's own file is not valid or has expired";

class OwnLink : public testing::Test {
 protected:
  void SetUp() override {
    store = store::Store::open({.file = folder / "db"}, clock, random, "host").value();
    const auto user = store->create_user("ann", "ann@example.org", false).value().id;
    job::TaskSpec spec;
    spec.operation = "import/upload";
    task = store->create_task(user, spec).value().id;
    const int attempt = store->begin_upload(task).value();
    job::StoredFile file;
    file.name = "a b.pdf";
    file.storage_key = task.str() + "/1-1";
    ASSERT_TRUE(store->finish_upload(task, attempt, file));
  }

  std::string link(std::string_view base, std::string_view name = "a b.pdf", bool sandbox = false) {
    return signer.download(base, sandbox, task, "", name, clock.now() + std::chrono::hours(1));
  }
  /// "ours", "foreign" or the error's text.
  std::string found(std::string_view url) {
    const auto file = own_link(url, settings, signer, *store, clock);
    if (!file) return file.error().message;
    return *file ? "ours" : "foreign";
  }

  test::TemporaryFolder folder;
  SystemClock clock;
  SystemRandom random;
  LinkSigner signer{"secret"};
  Settings settings;
  std::unique_ptr<store::Store> store;
  TaskId task;
};

TEST_F(OwnLink, IsFoundBelowEitherBaseHoweverThatIsSpelled) {
  for (const auto* const base :
       {"https://files.example.org", "https://files.example.org/", "https://FILES.example.org:443//"}) {
    settings.public_storage_url = base;
    EXPECT_EQ(found(link("https://files.example.org")), "ours") << base;
    EXPECT_EQ(found(link("HTTPS://Files.Example.org:443")), "ours") << base;
    EXPECT_EQ(found("https://files.example.org:444/tasks/x/y"), "foreign") << base;
    EXPECT_EQ(found("http://files.example.org/tasks/x/y"), "foreign") << base;
  }
  settings = {.public_api_url = "https://example.org/recast/"};
  EXPECT_EQ(found(link("https://example.org/recast")), "ours");
  EXPECT_EQ(found("https://example.org/tasks/x/y"), "foreign");
  EXPECT_EQ(found("https://example.org/recastle/tasks/x/y"), "foreign");
  EXPECT_EQ(found(link("https://example.org/recast", "a b.pdf", true)), "ours") << "the bucket of the sandbox";
}

TEST_F(OwnLink, IsKnownByItsSignatureWhateverTheServerIsCalled) {
  EXPECT_EQ(found(link("http://127.0.0.1:8080")), "ours");
  EXPECT_EQ(found(link("https://proxy.example.org/a/b")), "ours");
  EXPECT_EQ(found(link("https://proxy.example.org/a/b", "a b.pdf", true)), "ours");
  EXPECT_EQ(found(link("http://127.0.0.1:8080") + "0"), kNotValid);
  EXPECT_EQ(found("http://127.0.0.1:8080/tasks/" + task.str() + "/a%20b.pdf"), "foreign");
  EXPECT_EQ(found("http://127.0.0.1:8080/tasks/" + task.str() + "/a%20b.pdf?expires=1&signature=x"), kNotValid);
  EXPECT_EQ(found("http://127.0.0.1:8080/tasks/0b6a0f4e-5a3e-4c62-9d0c-0123456789ab/a.pdf?expires=1&signature=x"),
            "foreign");
  EXPECT_EQ(found("http://127.0.0.1:8080/tasks/x"), "foreign");
  EXPECT_EQ(found("nonsense"), "foreign");
}

TEST_F(OwnLink, ThatIsNoLongerGoodFailsLikeADownload) {
  settings.public_storage_url = "https://files.example.org/";
  const auto good = link("https://files.example.org");
  EXPECT_EQ(found(good + "0"), kNotValid);
  const auto old =
      signer.download("https://files.example.org", false, task, "", "a b.pdf", clock.now() - std::chrono::seconds(1));
  EXPECT_EQ(found(old), kNotValid);
  EXPECT_EQ(found(link("https://files.example.org", "other.pdf")), "Download failed: HTTP 404");
  EXPECT_EQ(found("https://files.example.org/tasks/x"), "Download failed: HTTP 404");
}

}  // namespace
}  // namespace recast::api
