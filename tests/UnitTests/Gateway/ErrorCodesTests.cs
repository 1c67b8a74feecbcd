using Evergrain.Gateway;

namespace Evergrain.UnitTests.Gateway;

public class ErrorCodesTests
{
    [Theory]
    [InlineData(ErrorCode.Malformed, 400, "malformed")]
    [InlineData(ErrorCode.Unauthorized, 401, "unauthorized")]
    [InlineData(ErrorCode.Forbidden, 403, "forbidden")]
    [InlineData(ErrorCode.NotFound, 404, "not_found")]
    [InlineData(ErrorCode.MethodNotAllowed, 405, "method_not_allowed")]
    [InlineData(ErrorCode.Conflict, 409, "conflict")]
    [InlineData(ErrorCode.Cancelled, 499, "cancelled")]
    [InlineData(ErrorCode.TooLarge, 413, "too_large")]
    [InlineData(ErrorCode.UnsupportedMediaType, 415, "unsupported_media_type")]
    [InlineData(ErrorCode.Invalid, 422, "invalid")]
    [InlineData(ErrorCode.SuspectedPoison, 422, "suspected_poison")]
    [InlineData(ErrorCode.Overloaded, 429, "overloaded")]
    [InlineData(ErrorCode.RateLimited, 429, "rate_limited")]
    [InlineData(ErrorCode.NoSilo, 503, "no_silo")]
    [InlineData(ErrorCode.NotReady, 503, "no_silo")]
    [InlineData(ErrorCode.DeviceLost, 503, "no_silo")]
    [InlineData(ErrorCode.DeadlineExceeded, 504, "deadline_exceeded")]
    [InlineData(ErrorCode.InferenceFailed, 500, "inference_failed")]
    [InlineData(ErrorCode.Internal, 500, "internal")]
    public void Code_Mapped_StatusAndName(ErrorCode code, int status, string name)
        => Assert.Equal((status, name), (code.ToStatus(), code.ToName()));

    [Fact]
    public void Codes_All_AreInTheTable()
        => Assert.Equal(Enum.GetValues<ErrorCode>().Length - 1, typeof(ErrorCodesTests).GetMethod(nameof(Code_Mapped_StatusAndName))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Length);
}
