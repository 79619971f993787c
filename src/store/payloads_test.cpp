#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

#include "store/migrate.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;

class Payloads : public StoreTest {
 protected:
  job::TaskSpec import(std::string operation, std::string file = "aGVsbG8=") {
    auto spec = task_spec("", std::move(operation));
    spec.payload = {{"a", 1}, {"file", std::move(file)}, {"filename", "a.txt"}};
    return spec;
  }
  std::string shown(const TaskId& id) {
    return boost::json::serialize(store_->task(user_, id, {.payload = true})->payload);
  }
  /// Files that lie beside payloads.
  std::int64_t bodies() {
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_only).value();
    auto rows = connection.query("SELECT count(body) FROM payloads");
    rows.next();
    return rows.integer(0);
  }
};

TEST_F(Payloads, ComeOnlyWhenTheyAreAskedFor) {
  const auto job = create(chain());
  const auto& id = job.tasks[0].id;
  EXPECT_TRUE(reload(job).tasks[0].payload.empty());
  EXPECT_TRUE(reload(job.tasks[0]).payload.empty());
  EXPECT_TRUE(store_->task_by_id(id)->payload.empty());
  EXPECT_TRUE(store_->list_tasks(user_, {}, {})->items[0].payload.empty());
  EXPECT_TRUE(store_->list_jobs(user_, {}, {}, true)->items[0].tasks[0].payload.empty());
  EXPECT_EQ(shown(id), R"({"option":"in"})");
  EXPECT_EQ(boost::json::serialize(store_->task_by_id(id, {.payload = true})->payload), R"({"option":"in"})");
  EXPECT_EQ(store_->list_tasks(user_, {}, {}, {.payload = true})->items[0].payload.at("option"), "out");
  EXPECT_EQ(claim_one(Load::network).task.payload.at("option"), "in");
}

TEST_F(Payloads, GiveTheFileToAClaimOnly) {
  for (const auto* const operation : {"import/base64", "import/raw"}) {
    const auto task = store_->create_task(user_, import(operation)).value();
    EXPECT_EQ(shown(task.id), R"({"a":1,"file_size":8,"filename":"a.txt"})");
    const auto payload = claim_one(Load::network).task.payload;
    EXPECT_EQ(payload.at("file"), "aGVsbG8=");
    EXPECT_EQ(payload.at("filename"), "a.txt");
    EXPECT_FALSE(payload.contains("file_size"));
  }
  const auto other = store_->create_task(user_, import("import/url")).value();
  EXPECT_EQ(shown(other.id), R"({"a":1,"file":"aGVsbG8=","filename":"a.txt"})");
}

TEST_F(Payloads, TakeAnyFile) {
  const std::string text("\0\x01 \xc3\xbc\"", 6);
  ASSERT_TRUE(store_->create_task(user_, import("import/raw", text)));
  EXPECT_EQ(std::string_view(claim_one(Load::network).task.payload.at("file").as_string()), text);
  ASSERT_TRUE(store_->create_task(user_, import("import/raw", "")));
  EXPECT_EQ(claim_one(Load::network).task.payload.at("file"), "");
  auto odd = import("import/raw");
  odd.payload["file"] = 7;
  ASSERT_TRUE(store_->create_task(user_, odd));
  EXPECT_EQ(claim_one(Load::network).task.payload.at("file"), 7);
}

TEST_F(Payloads, LetGoOfTheFileOnceItIsTheOutput) {
  job::JobSpec spec;
  spec.tasks = {import("import/base64"), import("import/raw")};
  spec.tasks[0].name = "a";
  spec.tasks[1].name = "b";
  const auto job = create(spec);
  EXPECT_EQ(bodies(), 2);
  const auto claims = claim(Load::network, 2);
  ASSERT_TRUE(store_->lost(claims[0].task.id, 1, "It crashed."));
  const auto again = claim_one(Load::network);
  EXPECT_EQ(again.task.payload.at("file"), "aGVsbG8=");
  ASSERT_TRUE(store_->end(again.task.id, again.attempt, success("a/1")));
  ASSERT_TRUE(store_->end(claims[1].task.id, 1, success("b/1")));
  EXPECT_EQ(bodies(), 0);
  EXPECT_EQ(shown(job.tasks[0].id), R"({"a":1,"file_size":8,"filename":"a.txt"})");
}

TEST_F(Payloads, ServeARetryFromTheOutput) {
  const auto task = store_->create_task(user_, import("import/base64")).value();
  ASSERT_TRUE(store_->end(task.id, claim_one(Load::network).attempt, success("in/1", "a.txt")));
  events();
  auto copy = store_->retry_task(user_, task.id).value();
  EXPECT_EQ(copy.retry_of, task.id);
  EXPECT_EQ(copy.status, job::Status::finished);
  EXPECT_EQ(copy.credits, 0);
  ASSERT_EQ(copy.files.size(), 1u);
  EXPECT_EQ(copy.files[0].name, "a.txt");
  EXPECT_EQ(copy.files[0].storage_key, "in/1");
  EXPECT_EQ(events(), (std::vector<std::string>{"task.created", "task.finished"}));
  EXPECT_TRUE(claim(Load::network).empty());
  EXPECT_EQ(shown(copy.id), R"({"a":1,"file_size":8,"filename":"a.txt"})");

  ASSERT_TRUE(store_->delete_task(user_, task.id));
  EXPECT_TRUE(store_->garbage(10)->empty());  // the copy has the same file
  const auto third = store_->retry_task(user_, copy.id).value();
  EXPECT_EQ(third.files.at(0).storage_key, "in/1");
  const auto next = store_->create_task(user_, task_spec("", "convert", {third.id.str()})).value();
  EXPECT_EQ(claim_one(Load::cpu).inputs.at(0).file.storage_key, "in/1");
}

TEST_F(Payloads, KeepTheFileOfAFailedImportForARetry) {
  const auto task = store_->create_task(user_, import("import/raw", "hello")).value();
  ASSERT_TRUE(store_->end(task.id, claim_one(Load::network).attempt, failure(ErrorCode::disk_full)));
  const auto copy = store_->retry_task(user_, task.id).value();
  EXPECT_EQ(copy.status, job::Status::waiting);
  const auto one = claim_one(Load::network);
  EXPECT_EQ(one.task.id, copy.id);
  EXPECT_EQ(one.task.payload.at("file"), "hello");
  EXPECT_EQ(bodies(), 2);
  ASSERT_TRUE(store_->delete_task(user_, task.id));
  EXPECT_EQ(bodies(), 1);
}

/// Bytes this process has read and written so far, from and to files; 0 where the kernel does not say.
std::int64_t transferred() {
  std::ifstream file("/proc/self/io");
  std::int64_t sum = 0;
  std::string name;
  for (std::int64_t value = 0; file >> name >> value;) sum += name == "rchar:" || name == "wchar:" ? value : 0;
  return sum;
}

TEST_F(Payloads, AreNotTouchedByWhatGoesOnAroundThem) {
  constexpr std::size_t kLarge = 24 << 20;  // more than a connection keeps in memory
  auto spec = task_spec("", "convert");
  spec.payload = {{"note", std::string(kLarge, 'x')}};
  const auto task = store_->create_task(user_, spec).value();
  const auto attempt = claim_one(Load::cpu).attempt;
  const auto before = transferred();
  if (before == 0) GTEST_SKIP() << "the kernel does not count";
  ASSERT_TRUE(store_->set_progress(task.id, attempt, 10, "page 1"));
  ASSERT_TRUE(store_->renew({{task.id, attempt}}));
  EXPECT_EQ(store_->list_tasks(user_, {}, {})->items.size(), 1u);
  ASSERT_TRUE(store_->end(task.id, attempt, success("a/1")));
  EXPECT_LT(transferred() - before, static_cast<std::int64_t>(kLarge));
}

TEST_F(Payloads, OfAnOlderDatabaseAreTakenOver) {
  store_.reset();
  settings_.file = folder_ / "old.db";
  {
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_write).value();
    ASSERT_TRUE(migrate(connection, {migrations()[0], migrations()[1]}));
    connection.run(
        "INSERT INTO users VALUES (1, 'ann', '', 0, 0, 0);"
        "INSERT INTO tasks (id, user_id, position, name, operation, load, payload, status, ready, ignore_error, "
        "created,"
        " priority, queue) VALUES ('t', 1, 0, '', 'import/raw', 1, '{\"file\":\"x\"}', 0, 1, 0, 0, 0, 1)");
  }
  store_ = Store::open(settings_, clock_, random_, "host-a").value();
  const auto one = claim_one(Load::network);
  EXPECT_EQ(one.task.payload.at("file"), "x");
  ASSERT_TRUE(store_->end(one.task.id, one.attempt, success("t/1")));
  EXPECT_EQ(store_->retry_task(UserId(1), one.task.id)->status, job::Status::waiting);
}

}  // namespace
}  // namespace recast::store
