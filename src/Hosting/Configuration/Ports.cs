using System.Globalization;

namespace Evergrain.Hosting.Configuration;

internal static class Ports
{
    public const string Range = "1 to 65535";

    public static bool TryParse(string text, out int port)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
