using Evergrain.Cli.Drill.Slowing;

namespace Evergrain.UnitTests.Drill.Slowing;

public class ControlGroupsTests
{
    [Theory]
    [InlineData("cpu", "/", "9:name=systemd:/", "2:cpuacct:/", "1:cpu:/", "0::/")]
    [InlineData("cpu", "/system.slice", "4:cpu,cpuacct:/system.slice", "3:cpuset:/other")]
    [InlineData("cpu", "/a:b", "4:cpu:/a:b")] // a path may hold a colon
    [InlineData("cpu", "/", "3:cpuset:/other")]
    [InlineData("", "/user.slice/x", "0::/user.slice/x")]
    [InlineData("", "/", "nonsense")]
    public void PathOf_Lines_TheGroupOfThatController(string controller, string path, params string[] lines)
        => Assert.Equal(path, ControlGroups.PathOf(lines, controller));
}
