// netlab: N hosts, each a network namespace with one tun device, joined by an emulated internet.
// Every host has an access link: an uplink and a downlink rate (bits/s), one-way delay to the core, and a loss rate.
// usage: netlab N default.up default.down delay_ms loss [hostIndex:up:down:delay:loss ...]   (rates in kbit/s, 0 = unlimited)
// Host i (0-based) is namespace benchlabI with address 10.77.0.(i+1)/24. Runs until stdin closes; then removes the namespaces.
// Line on stdin "stat" prints bytes sent and received by each host; "set i up down delay loss" changes a host; "cut i" / "mend i".
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <poll.h>
#include <time.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <linux/if_tun.h>
#define MAXH 64
#define QDELAY 0.20 /* seconds of queue before tail drop */
typedef struct { double up, down, delay, loss, upFree, downFree; int fd, cut; unsigned long long sent, recv, dropped; } Host;
typedef struct { double at; int to, len, stage; unsigned char *p; unsigned long seq; } Pkt;
static Host H[MAXH]; static int N; static Pkt *heap; static int hn, hcap; static unsigned long seqn;
static double now(void){ struct timespec t; clock_gettime(CLOCK_MONOTONIC,&t); return t.tv_sec+t.tv_nsec/1e9; }
static int less(Pkt*a,Pkt*b){ return a->at<b->at || (a->at==b->at && a->seq<b->seq); }
static void push(Pkt p){ if(hn==hcap){ hcap=hcap?hcap*2:4096; heap=realloc(heap,hcap*sizeof(Pkt)); } p.seq=seqn++; int i=hn++; heap[i]=p; while(i){ int q=(i-1)/2; if(!less(&heap[i],&heap[q])) break; Pkt t=heap[i]; heap[i]=heap[q]; heap[q]=t; i=q; } }
static Pkt pop(void){ Pkt r=heap[0]; heap[0]=heap[--hn]; int i=0; for(;;){ int l=2*i+1,m=i; if(l<hn&&less(&heap[l],&heap[m])) m=l; if(l+1<hn&&less(&heap[l+1],&heap[m])) m=l+1; if(m==i) break; Pkt t=heap[i]; heap[i]=heap[m]; heap[m]=t; i=m; } return r; }
static void sh(const char*f,...){ char b[512]; va_list a; __builtin_va_start(a,f); vsnprintf(b,sizeof b,f,a); __builtin_va_end(a); if(system(b)) fprintf(stderr,"failed: %s\n",b); }
static void enter(unsigned char*p,int len,int from){ Host*s=&H[from]; if(len<20||(p[0]>>4)!=4||s->cut){ free(p); return; }
  int d=p[19]-1; int multicast=(p[16]&0xf0)==0xe0; double t=now();
  if(!multicast && (p[16]!=10||p[17]!=77||d<0||d>=N||d==from)){ free(p); return; }
  double start=s->upFree>t?s->upFree:t; if(start-t>QDELAY){ s->dropped++; free(p); return; }
  double fin=s->up>0?start+len*8/s->up:t; s->upFree=fin; s->sent+=len;
  for(int i=multicast?0:d;i<(multicast?N:d+1);i++){ if(i==from) continue; if(drand48()<s->loss||drand48()<H[i].loss){ H[i].dropped++; continue; } Pkt k={.at=fin+s->delay+H[i].delay,.to=i,.len=len,.stage=1,.p=malloc(len)}; memcpy(k.p,p,len); push(k); }
  free(p); }
static void due(Pkt k){ Host*d=&H[k.to]; if(d->cut){ free(k.p); return; } if(k.stage==1){ double t=k.at,start=d->downFree>t?d->downFree:t; if(start-t>QDELAY){ d->dropped++; free(k.p); return; } double fin=d->down>0?start+k.len*8/d->down:t; d->downFree=fin; k.stage=2; k.at=fin; push(k); return; }
  d->recv+=k.len; if(write(d->fd,k.p,k.len)<0&&errno!=EAGAIN){} free(k.p); }
int main(int c,char**v){ if(c<6){ fprintf(stderr,"usage\n"); return 2; } N=atoi(v[1]); int self=open("/proc/self/ns/net",O_RDONLY);
  for(int i=0;i<N;i++){ H[i]=(Host){.up=atof(v[2])*1e3,.down=atof(v[3])*1e3,.delay=atof(v[4])/1e3,.loss=atof(v[5])}; }
  for(int a=6;a<c;a++){ int i; double u,d,l,x; if(sscanf(v[a],"%d:%lf:%lf:%lf:%lf",&i,&u,&d,&l,&x)==5) { H[i].up=u*1e3; H[i].down=d*1e3; H[i].delay=l/1e3; H[i].loss=x; } }
  for(int i=0;i<N;i++){ sh("ip netns del benchlab%d 2>/dev/null; ip netns add benchlab%d",i,i); char path[64]; snprintf(path,64,"/var/run/netns/benchlab%d",i); int ns=open(path,O_RDONLY); if(setns(ns,CLONE_NEWNET)) { perror("setns"); return 1; } close(ns);
    int fd=open("/dev/net/tun",O_RDWR|O_NONBLOCK); struct ifreq r={0}; r.ifr_flags=IFF_TUN|IFF_NO_PI; strcpy(r.ifr_name,"wan"); if(ioctl(fd,TUNSETIFF,&r)){ perror("tun"); return 1; } H[i].fd=fd;
    sh("ip link set lo up; ip addr add 10.77.0.%d/24 dev wan; ip link set wan up multicast on txqueuelen 2000; ip route add default dev wan; sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null",i+1); setns(self,CLONE_NEWNET); }
  printf("ready\n"); fflush(stdout); struct pollfd P[MAXH+1]; unsigned char buf[65536]; int run=1; fcntl(0,F_SETFL,O_NONBLOCK);
  while(run){ double t=now(); while(hn&&heap[0].at<=t) due(pop()); int to=hn?(int)((heap[0].at-now())*1000):200; if(to<0) to=0; struct timespec ts={to/1000,(to%1000)*1000000L}; if(hn){ double w=heap[0].at-now(); if(w<0) w=0; ts.tv_sec=(long)w; ts.tv_nsec=(long)((w-(long)w)*1e9); }
    for(int i=0;i<N;i++) P[i]=(struct pollfd){H[i].fd,POLLIN,0}; P[N]=(struct pollfd){0,POLLIN,0}; ppoll(P,N+1,&ts,NULL);
    for(int i=0;i<N;i++) if(P[i].revents&POLLIN) for(int k=0;k<64;k++){ int n=read(H[i].fd,buf,sizeof buf); if(n<=0) break; unsigned char*p=malloc(n); memcpy(p,buf,n); enter(p,n,i); }
    if(P[N].revents){ int n=read(0,buf,sizeof buf-1); if(n==0||(P[N].revents&POLLHUP&&n<=0)) run=0; else if(n>0){ buf[n]=0; for(char*l=strtok((char*)buf,"\n");l;l=strtok(NULL,"\n")){ int i; double u,d,e,x; if(sscanf(l,"set %d %lf %lf %lf %lf",&i,&u,&d,&e,&x)==5){ H[i].up=u*1e3; H[i].down=d*1e3; H[i].delay=e/1e3; H[i].loss=x; } else if(sscanf(l,"cut %d",&i)==1) H[i].cut=1; else if(sscanf(l,"mend %d",&i)==1) H[i].cut=0; else if(!strncmp(l,"stat",4)){ for(int j=0;j<N;j++) printf("%d:%llu:%llu:%llu ",j,H[j].sent,H[j].recv,H[j].dropped); printf("\n"); fflush(stdout);} } } } }
  for(int i=0;i<N;i++) sh("ip netns del benchlab%d",i); return 0; }
