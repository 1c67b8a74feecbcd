using System.Net;
using Evergrain.Cli.Drill.Network;

namespace Evergrain.UnitTests.Drill.Network;

public class PacketRulesTests
{
    private static readonly IPAddress A = IPAddress.Parse("198.18.0.2");
    private static readonly IPAddress B = IPAddress.Parse("198.18.0.3");

    [Fact]
    public void Losses_None_RemovesTheTableWhetherItIsThereOrNot()
        => Assert.Equal("table inet evergrain_losses\ndelete table inet evergrain_losses\n", PacketRules.Losses([]));

    [Fact]
    public void Losses_Some_ReplaceTheTableAndDropWhatArrives() => Assert.Equal(
        """
        table inet evergrain_losses
        delete table inet evergrain_losses
        table inet evergrain_losses {
          chain arriving {
            type filter hook input priority 0; policy accept;
            ip saddr 198.18.0.2 drop
            ip saddr 198.18.0.3 numgen random mod 100 < 20 drop
          }
        }

        """,
        PacketRules.Losses([new PacketLoss(A), new PacketLoss(B, 20)]));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(101)]
    public void Losses_NoPercentage_Throws(int percent)
        => Assert.Throws<ArgumentOutOfRangeException>(() => PacketRules.Losses([new PacketLoss(A, percent)]));

    [Fact]
    public void Redirect_Service_GoesToTheRelay() => Assert.Equal(
        """
        table ip evergrain_relay
        delete table ip evergrain_relay
        table ip evergrain_relay {
          chain leaving {
            type nat hook output priority -100; policy accept;
            ip daddr 198.18.0.3 tcp dport 30000 dnat to 198.18.0.1:40000
          }
        }

        """,
        PacketRules.Redirect(new IPEndPoint(B, 30000), new IPEndPoint(AddressPlan.Switch, 40000)));
}
