using System.Net;
using Evergrain.Silo.LoadReports;

namespace Evergrain.UnitTests.Silo.LoadReports;

public class MembershipViewTests
{
    private static readonly Dictionary<SiloAddress, int> NoPorts = [];

    [Fact]
    public void Compose_ActiveSilo_AddressBootAndGatewayPort()
    {
        var member = Member("silo-a", 5, SiloStatus.Active);

        var view = Assert.Single(MembershipView.Compose([member], new Dictionary<SiloAddress, int> { [member.SiloAddress] = 30000 }));

        Assert.Equal(new MemberView { Silo = "silo-a", BootId = 5, Host = "127.0.0.1", GatewayPort = 30000, Dead = false }, view);
    }

    [Theory]
    [InlineData(SiloStatus.Created, null)]
    [InlineData(SiloStatus.Joining, null)]
    [InlineData(SiloStatus.Active, false)]
    [InlineData(SiloStatus.ShuttingDown, false)]
    [InlineData(SiloStatus.Stopping, false)]
    [InlineData(SiloStatus.Dead, true)]
    public void Compose_EachStatus_LeftOutAliveOrDead(SiloStatus status, bool? dead)
        => Assert.Equal(dead, MembershipView.Compose([Member("silo-a", 5, status)], NoPorts).SingleOrDefault()?.Dead);

    [Fact]
    public void Compose_ManyDeadBoots_TheNewestEightAndTheLiveOne()
    {
        var members = Enumerable.Range(1, 20).Select(boot => Member("silo-a", boot, SiloStatus.Dead))
            .Append(Member("silo-a", 21, SiloStatus.Active));

        Assert.Equal(Enumerable.Range(13, 9), MembershipView.Compose(members, NoPorts).Select(m => m.BootId));
    }

    [Fact]
    public void LacksPort_ActiveWithoutPort_OnlyThen()
    {
        var active = Member("silo-a", 5, SiloStatus.Active);

        Assert.True(MembershipView.LacksPort([active], NoPorts));
        Assert.False(MembershipView.LacksPort([active], new Dictionary<SiloAddress, int> { [active.SiloAddress] = 0 }));
        Assert.False(MembershipView.LacksPort([Member("silo-b", 6, SiloStatus.Dead)], NoPorts));
    }

    [Fact]
    public void Update_SameMembers_SameArray()
    {
        var view = new MembershipView();
        view.Update(MembershipView.Compose([Member("silo-a", 5, SiloStatus.Active)], NoPorts));
        var before = view.Members;

        Assert.Null(view.Update(MembershipView.Compose([Member("silo-a", 5, SiloStatus.Active)], NoPorts)));
        Assert.True(before == view.Members);
    }

    private static ClusterMember Member(string name, int boot, SiloStatus status)
        => new(SiloAddress.New(IPAddress.Loopback, 11111, boot), status, name);
}
