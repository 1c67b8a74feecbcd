Blazor.start({ applicationCulture: "zh-CN" });
