#include "fixes/boot_plan.hpp"

#include <doctest/doctest.h>

#include "fixes/boot_trial.hpp"
#include "fixes/grub_default.hpp"
#include "fixes/kind.hpp"
#include "unit/fixes/boot_setups.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;
using namespace kerneltour::test;
using Words = std::vector<std::string>;

namespace {

BootPlan once(const host::BootSetup& setup, Words parameters = {}) {
  return plan_boot(setup, std::nullopt, {"6.12.9-amd64", BootChoice::once, std::move(parameters), 30});
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE(
    "a trial holds the running kernel as the default, and starts the other one by an entry of its own") {
  const auto plan = once(debian12(), {"psi=1"});
  CHECK(plan.kind == boot_trial.name);
  CHECK(plan.summary == "Linux 6.12.9-amd64 is booted once; Linux 6.1.0-56-cloud-amd64 stays the default");
  CHECK(plan.default_path == running_path);
  REQUIRE(plan.files.size() == 3);
  CHECK(plan.files[0].path == trial_default);
  CHECK(sets_default(plan.files[0].text, running_path));
  CHECK(parameters_in(plan.files[0].text).empty());
  CHECK(plan.files[1].path == trial_menu_script);
  CHECK(plan.files[1].mode == 0755);
  CHECK(has(plan.files[1].text,
            "linux\t/boot/vmlinuz-6.12.9-amd64 root=UUID=35f59d9e ro console=ttyS0 panic=5"));
  CHECK(has(plan.files[1].text, " psi=1 panic=30; then"));
  CHECK(parse_trial(plan.files[2].text) == Trial{"6.12.9-amd64", running, {"psi=1"}, "boot-1", false});
  CHECK(plan.commands == Words{"update-grub", "grub-reboot kerneltour-trial"});
  CHECK(plan.notes.empty());
}

TEST_CASE("a default that does not run is told, and gives way to the kernel that does") {
  const auto menu =
      tests::replaced(tests::debian12_menu, "menuentry 'Debian GNU/Linux' ",
                      "menuentry 'newer' --id newer {\nlinux /boot/vmlinuz-6.1.0-57-amd64 ro\n}\n"
                      "menuentry 'Debian GNU/Linux' ");
  auto setup = setup_with(menu);
  setup.installed.emplace_back("6.1.0-57-amd64");
  const auto plan = once(setup);
  CHECK(plan.default_path == running_path);
  REQUIRE(plan.notes.size() == 1);
  CHECK(has(plan.notes[0], "Linux 6.1.0-57-amd64"));
}

TEST_CASE("another system that is the default stays it") {
  const auto menu = tests::replaced(tests::debian12_menu, "menuentry 'Debian GNU/Linux' ",
                                    "menuentry 'Windows' --id osprober-efi {\nchainloader /x\n}\n"
                                    "menuentry 'Debian GNU/Linux' ");
  const auto plan = once(setup_with(menu));
  CHECK(plan.default_path == "osprober-efi");
  CHECK(plan.summary == "Linux 6.12.9-amd64 is booted once; what is the default stays it");
}

TEST_CASE("what cannot be planned is refused in words") {
  auto setup = debian12();
  CHECK_THROWS_WITH(plan_boot(setup, std::nullopt, {running}), doctest::Contains("runs already"));
  CHECK_THROWS_WITH(plan_boot(setup, Trial{"6.9", running, {}, "", false}, {"6.12.9-amd64"}),
                    doctest::Contains("Linux 6.9 is on trial"));
  CHECK_THROWS_WITH(once(setup, {"a b"}), doctest::Contains("'a b' is no boot parameter"));
  CHECK_THROWS_WITH(once(setup, {"$x"}), doctest::Contains("is no boot parameter"));
  setup.environment["next_entry"] = "memtest";
  CHECK_THROWS_WITH(once(setup), doctest::Contains("'memtest' is chosen already"));
  setup.environment["next_entry"] = "";
  CHECK_NOTHROW(once(setup));
  setup.menu_failure = "Permission denied";
  CHECK_THROWS_WITH(once(setup), doctest::Contains("cannot read /boot/grub/grub.cfg: Permission denied"));
  setup = setup_with("");
  CHECK_THROWS_WITH(once(setup), doctest::Contains("no entry of its own for the running kernel"));
  setup.running.clear();
  CHECK_THROWS_WITH(once(setup), doctest::Contains("on the running host only"));
}

TEST_CASE("a kernel may be made the default before it is there, by the path that update-grub will give it") {
  const auto plan =
      plan_boot(debian12(), std::nullopt, {"6.12.9-amd64", BootChoice::as_default, {"psi=1"}, 30});
  CHECK(plan.kind == boot_default.name);
  CHECK(plan.default_path == "gnulinux-advanced-35f59d9e>gnulinux-6.12.9-amd64-advanced-35f59d9e");
  REQUIRE(plan.files.size() == 1);
  CHECK(plan.files[0].path == chosen_default);
  CHECK(parameters_in(plan.files[0].text) == Words{"psi=1"});
  CHECK(plan.commands == Words{"update-grub"});
}

TEST_CASE("a kernel that is not to be booted leaves the default where it is, and held") {
  const BootRequest request{"6.12.9-amd64", BootChoice::no, {"psi=1"}, 30};
  const auto plan = plan_boot(debian12(), std::nullopt, request);
  CHECK(plan.default_path == running_path);
  CHECK(parameters_in(plan.files.at(0).text).empty());
  const auto held =
      tests::replaced(tests::debian12_menu, "default=\"0\"", std::string("default=\"") + running_path + "\"");
  CHECK_FALSE(plan_boot(setup_with(held), std::nullopt, request).changes());
}

TEST_CASE("a kernel that has proved itself is the default with what it was tried with, but for panic=") {
  const Trial trial{running, "6.1.0-50-amd64", {"psi=1"}, "boot-0", false};
  const auto plan = plan_confirmation(debian12(), trial);
  CHECK(plan.default_path == running_path);
  CHECK(sets_default(plan.files.at(0).text, running_path));
  CHECK(parameters_in(plan.files.at(0).text) == Words{"psi=1"});
  CHECK_THROWS_WITH(plan_confirmation(debian12(), Trial{"6.9", "", {}, "", false}),
                    doctest::Contains("no entry of its own for Linux 6.9"));
}

TEST_CASE("the file that sets the default is what the shell reads as that path") {
  const auto text = default_drop_in("why.", "a>it's", {"psi=1", "x=2"});
  CHECK(text ==
        "# kerneltour: why.\n"
        "GRUB_DEFAULT='a>it'\\''s'\n"
        "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT psi=1 x=2\"\n");
  CHECK(sets_default(text, "a>it's"));
  CHECK_FALSE(sets_default(text, "a"));
  CHECK(parameters_in(text) == Words{"psi=1", "x=2"});
}

TEST_CASE("the drop-ins sort behind the others, and the one that stays behind the trial's") {
  CHECK(std::string_view(trial_default) < std::string_view(chosen_default));
  CHECK(std::string_view("/etc/default/grub.d/kdump-tools.cfg") < std::string_view(trial_default));
}

TEST_CASE("a plan becomes a change of its files, with their modes") {
  const auto change = change_of(once(debian12()));
  CHECK(change.kind == "boot-trial");
  REQUIRE(change.edits.size() == 3);
  CHECK(change.edits[1].after.attributes.mode == 0755);
  CHECK(trial_of(change).release == "6.12.9-amd64");
  CHECK(kind_of(change.kind).obstacle(change).empty());  // there is no such kernel here
}

TEST_CASE("what is on trial is read as it was written, and nothing else is") {
  const Trial trial{"6.9", "6.1", {"psi=1"}, "id", true};
  CHECK(parse_trial(to_text(trial)) == trial);
  for (const char* text : {"", "{}", "[]", "{\"schema\": 2}"})
    CHECK_THROWS_WITH(parse_trial(text), doctest::Contains("does not say what is on trial"));
}

TEST_CASE("choices are read as they are named") {
  for (const auto choice : {BootChoice::once, BootChoice::as_default, BootChoice::no})
    CHECK(parse_boot_choice(name_of(choice)) == choice);
  CHECK_FALSE(parse_boot_choice("yes"));
}
