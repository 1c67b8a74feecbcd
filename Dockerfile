# syntax=docker/dockerfile:1
# docker build --target silo .                                     CPU
# docker build --target silo --build-arg Accelerator=cuda .        NVIDIA
ARG Accelerator=cpu
ARG DotnetVersion=10.0
# CUDA and cuDNN of the major versions that Microsoft.ML.OnnxRuntime.Gpu was built for.
ARG CudaImage=nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04

FROM mcr.microsoft.com/dotnet/sdk:${DotnetVersion} AS build
ARG Accelerator
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/Silo --configuration Release --use-current-runtime -p:PublishReadyToRun=true --output /out/silo -p:Accelerator=${Accelerator} \
 && dotnet publish src/Gateway --configuration Release --use-current-runtime -p:PublishReadyToRun=true --output /out/gateway -p:Accelerator=${Accelerator} \
 && dotnet publish src/WebUI --configuration Release --output /out/webui -p:Accelerator=${Accelerator}

FROM mcr.microsoft.com/dotnet/aspnet:${DotnetVersion} AS runtime-cpu

FROM ${CudaImage} AS runtime-cuda
# ICU: the tokenizer strips accents with it and refuses to start without.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libicu74 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=runtime-cpu /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet

FROM runtime-${Accelerator} AS runtime
COPY --chmod=755 deploy/docker/healthy /usr/local/bin/healthy
WORKDIR /app
# The number of the images' own unprivileged user. The same for every container: processes that share a port through SO_REUSEPORT must
# belong to one user.
USER 1654

FROM runtime AS silo
COPY --from=build /out/silo .
ENTRYPOINT ["dotnet", "Evergrain.Silo.dll", "--config", "/etc/evergrain/evergrain.yaml"]

# A gateway needs no accelerator: build it with the default.
FROM runtime AS gateway
COPY --from=build /out/gateway .
ENTRYPOINT ["dotnet", "Evergrain.Gateway.dll", "--config", "/etc/evergrain/evergrain.yaml"]

# Files only: no accelerator either.
FROM runtime AS webui
COPY --from=build /out/webui .
ENTRYPOINT ["dotnet", "Evergrain.WebUI.dll", "--config", "/etc/evergrain/evergrain.yaml"]
