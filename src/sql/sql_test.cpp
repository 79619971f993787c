#include "sql/sql.hpp"

#include <gtest/gtest.h>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::sql {
namespace {

class Database : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  Connection connection_ = Connection::open(folder_ / "a.db", Connection::Mode::read_write).value();
};

TEST_F(Database, IsDurableAndChecksForeignKeys) {
  const auto pragma = [&](std::string_view text) {
    auto rows = connection_.query(text);
    EXPECT_TRUE(rows.next());
    return rows.text(0);
  };
  EXPECT_EQ(pragma("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(pragma("PRAGMA synchronous"), "2");
  EXPECT_EQ(pragma("PRAGMA foreign_keys"), "1");
}

TEST_F(Database, KeepsEveryKindOfValue) {
  connection_.run("CREATE TABLE t (a, b, c, d, e)");
  const std::string text("x\0y", 3);
  connection_.execute("INSERT INTO t VALUES ($1, $2, $3, $4, $5)", 7, 0.5, text, nullptr, std::optional<Time>());
  auto rows = connection_.query("SELECT * FROM t");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), 7);
  EXPECT_EQ(rows.real(1), 0.5);
  EXPECT_EQ(rows.text(2), text);
  EXPECT_TRUE(rows.is_null(3));
  EXPECT_FALSE(rows.optional_time(4));
  EXPECT_FALSE(rows.next());
}

TEST_F(Database, NumbersParametersByTheirNames) {
  auto rows = connection_.query("SELECT $2, $1, $2", "one", "two");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0) + rows.text(1) + rows.text(2), "twoonetwo");
}

TEST_F(Database, RunsAQueryInsideTheSameQuery) {
  connection_.run("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
  int seen = 0;
  auto outer = connection_.query("SELECT a FROM t");
  while (outer.next()) {
    auto inner = connection_.query("SELECT a FROM t");
    while (inner.next()) ++seen;
  }
  EXPECT_EQ(seen, 4);
}

TEST_F(Database, UndoesWhatWasNotCommitted) {
  connection_.run("CREATE TABLE t (a)");
  {
    Transaction transaction(connection_, Transaction::Kind::write);
    connection_.execute("INSERT INTO t VALUES (1)");
  }
  {
    Transaction transaction(connection_, Transaction::Kind::write);
    connection_.execute("INSERT INTO t VALUES (2)");
    {
      Savepoint savepoint(connection_);
      connection_.execute("INSERT INTO t VALUES (3)");
    }
    transaction.commit();
  }
  auto rows = connection_.query("SELECT group_concat(a) FROM t");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "2");
}

TEST_F(Database, TellsAFullDiskFromABrokenRule) {
  connection_.run("CREATE TABLE t (a UNIQUE)");
  connection_.execute("INSERT INTO t VALUES (1)");
  try {
    connection_.execute("INSERT INTO t VALUES (1)");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), Failure::Kind::constraint);
  }
  {
    auto rows = connection_.query("PRAGMA max_page_count=3");
    rows.next();
  }
  try {
    connection_.execute("INSERT INTO t VALUES ($1)", std::string(100'000, 'x'));
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), Failure::Kind::full);
  }
}

TEST_F(Database, RefusesAWriteThroughAReader) {
  connection_.run("CREATE TABLE t (a)");
  auto reader = Connection::open(folder_ / "a.db", Connection::Mode::read_only).value();
  EXPECT_THROW(reader.execute("INSERT INTO t VALUES (1)"), Failure);
}

TEST(Open, SaysWhichFileCannotBeOpened) {
  const auto result = Connection::open("/no/such/folder/a.db", Connection::Mode::read_write);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("/no/such/folder/a.db"), std::string::npos);
}

}  // namespace
}  // namespace recast::sql
